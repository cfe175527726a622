-- Who wrote in a thread (or in all threads), by address.
SELECT thread_id, min(author) AS name, address
FROM messages
WHERE (:thread IS NULL OR thread_id = :thread)
GROUP BY thread_id, address, author
