-- The latest run of each item of a thread (or of all threads), in reading order.
SELECT r.item_id, r.message_id, r.quote, r."check", r.predicate, r.bound_by, r.verdict, r.strength, r.summary, r.evidence,
       r.assumptions, r.seconds, r.fingerprint, r.reason, r.at
FROM items i
JOIN runs r ON r.id = (SELECT max(id) FROM runs WHERE item_id = i.id)
JOIN messages m ON m.message_id = i.message_id
WHERE (:thread IS NULL OR i.thread_id = :thread)
ORDER BY i.thread_id, m.number, i.start, i.id
