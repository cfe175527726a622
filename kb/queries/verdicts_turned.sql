-- Runs since a time that came out otherwise than the run before, or that were the first of an item told as new.
SELECT r.at, m.thread_id, r.message_id, r.item_id, r.quote, r.verdict, coalesce(b.verdict, '') AS before, r.summary,
       m.number, m.author, m.date, coalesce(i.kind, 'claim') AS kind
FROM runs r
JOIN messages m ON m.message_id = r.message_id
LEFT JOIN items i ON i.id = r.item_id
LEFT JOIN runs b ON b.id = (SELECT max(x.id) FROM runs x WHERE x.item_id = r.item_id AND x.id < r.id)
WHERE r.at >= :since
  AND (:thread IS NULL OR m.thread_id = :thread)
  AND (b.verdict <> r.verdict
       OR (b.id IS NULL AND EXISTS (SELECT 1 FROM journal j WHERE j.item_id = r.item_id AND j.what IN ('item', 'kind'))))
ORDER BY r.at, r.id
