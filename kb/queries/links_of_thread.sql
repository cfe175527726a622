-- All links within a thread.
SELECT source, relation, target, confidence, because
FROM links
WHERE thread_id = :thread
ORDER BY source, relation, target
