-- Who quotes a patch of somebody else to comment on it, in a thread (or in all threads).
SELECT DISTINCT m.thread_id, m.author, m.address
FROM patches p
JOIN messages s ON s.message_id = p.message_id
JOIN messages m ON m.thread_id = p.thread_id AND m.address <> s.address
JOIN zones z ON z.message_id = m.message_id AND z.quoted_id = p.message_id
WHERE (:thread IS NULL OR p.thread_id = :thread)
