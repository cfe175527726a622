-- The mails of a thread and what each answers.
SELECT message_id, parent_id FROM messages WHERE thread_id = :thread
