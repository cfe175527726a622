-- Who sent patches of a thread (or of all threads), and the paths that each patch touches.
SELECT p.thread_id, m.author, m.address, p.files
FROM patches p
JOIN messages m ON m.message_id = p.message_id
WHERE (:thread IS NULL OR p.thread_id = :thread)
