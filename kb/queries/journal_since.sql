-- What arrivals of mail changed since a time; of one thread, whatever its id was then.
SELECT id, batch, at, thread_id, message_id, item_id, what, content
FROM journal
WHERE at >= :since
  AND (:thread IS NULL OR thread_id = :thread
       OR message_id IN (SELECT message_id FROM messages WHERE thread_id = :thread))
ORDER BY at, id
