-- Patch mails and cover letters with who sent them and when, oldest first.
SELECT p.message_id, p.thread_id, p.revision, p.number, p.total, p.subject, p.rfc, p.resend, p.tags, p.change_id, p.files,
       p.refers, p.above, m.author, m.address, m.date
FROM patches p
JOIN messages m ON m.message_id = p.message_id
WHERE (:thread IS NULL OR p.thread_id = :thread)
ORDER BY m.date, p.number, p.message_id
