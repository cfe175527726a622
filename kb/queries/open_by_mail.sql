-- How many items of each kind and state there are in each mail of threads with patches.
SELECT i.thread_id, i.message_id, i.kind, i.state, count(*) AS number
FROM items i
WHERE i.state IN ('open', 'disputed') AND i.thread_id IN (SELECT thread_id FROM patches)
  AND (:thread IS NULL OR i.thread_id = :thread)
GROUP BY i.thread_id, i.message_id, i.kind, i.state
