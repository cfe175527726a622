-- The messages of a thread in reading order.
SELECT message_id, thread_id, number, parent_id, subject, author, address, date, body, sha256, origin, provisional
FROM messages
WHERE thread_id = :thread
ORDER BY number
