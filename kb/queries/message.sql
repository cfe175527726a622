-- One message by its Message-ID.
SELECT message_id, thread_id, number, parent_id, subject, author, address, date, body, sha256, origin, provisional
FROM messages
WHERE message_id = :message
