-- The thread in which each of :messages (JSON) stands.
SELECT message_id, thread_id FROM messages WHERE message_id IN (SELECT value FROM json_each(:messages))
