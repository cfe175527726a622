-- The kinds and states that items have, in a thread or in all.
SELECT DISTINCT i.kind, i.state
FROM threads t
CROSS JOIN items i ON i.thread_id = t.id
WHERE :thread IS NULL OR t.id = :thread
