-- Which items speak of which topic, those of a thread or all.
SELECT x.topic, x.item_id
FROM threads t
CROSS JOIN items i ON i.thread_id = t.id
CROSS JOIN topics x ON x.item_id = i.id
WHERE :thread IS NULL OR t.id = :thread
