-- Every run of an item, latest first.
SELECT item_id, message_id, quote, "check", predicate, bound_by, verdict, strength, summary, evidence, assumptions, seconds,
       fingerprint, reason, at
FROM runs
WHERE item_id = :item
ORDER BY id DESC
