-- The first threads that hold mail of a source.
SELECT DISTINCT m.thread_id
FROM source_mails g
JOIN raw_mails r ON r.id = g.mail_id
JOIN messages m ON m.message_id = r.message_id
WHERE g.source_id = :source
LIMIT 4
