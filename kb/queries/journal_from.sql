-- What arrivals of mail changed, those from number :batch on; of one thread, whatever its id was then.
SELECT id, batch, at, thread_id, message_id, item_id, what, content
FROM journal
WHERE batch >= :batch
  AND (:thread IS NULL OR thread_id = :thread
       OR message_id IN (SELECT message_id FROM messages WHERE thread_id = :thread))
ORDER BY batch, id
