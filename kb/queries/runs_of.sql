-- Every run of an item, or of words that no item has, latest first.
SELECT r.item_id, r.message_id, r.quote, r."check", r.predicate, r.bound_by, r.verdict, r.strength, r.summary, r.evidence,
       r.assumptions, r.seconds, r.fingerprint, r.reason, r.at, coalesce(m.thread_id, '') AS thread_id,
       coalesce(m.number, 0) AS number, coalesce(m.author, '') AS author, coalesce(m.date, '') AS date,
       i.id IS NOT NULL AS extracted
FROM runs r
LEFT JOIN messages m ON m.message_id = r.message_id
LEFT JOIN items i ON i.id = r.item_id
WHERE r.item_id = :item
ORDER BY r.id DESC
