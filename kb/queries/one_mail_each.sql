-- One kept mail of each address.
SELECT a.address, r.content
FROM (SELECT address, min(message_id) AS message_id FROM messages
      WHERE (:thread IS NULL OR thread_id = :thread) GROUP BY address) a
JOIN raw_mails r ON r.id = (SELECT min(id) FROM raw_mails WHERE message_id = a.message_id)
WHERE NOT r.provisional
