-- Where the mails of a thread came from, the first source known first; also those whose place a real mail took.
SELECT DISTINCT s.id, s.kind, s.address, s.seen, s.at
FROM messages m
JOIN raw_mails r ON r.message_id = m.message_id OR r.replaced_by = m.message_id
JOIN source_mails g ON g.mail_id = r.id
JOIN sources s ON s.id = g.source_id
WHERE m.thread_id = :thread
ORDER BY s.id
