-- Runs that came out otherwise than the run of the same item before, latest first.
WITH told AS (
    SELECT id, lag(id) OVER (PARTITION BY item_id ORDER BY id) AS before_id
    FROM runs
    WHERE :item IS NULL OR item_id = :item
)
SELECT r.item_id, m.thread_id, r.message_id, m.number, m.author, r.quote, b.verdict AS before, r.verdict, r.strength,
       r.summary, r."check", r.reason, r.at, b.at AS before_at, r.fingerprint, b.fingerprint AS before_fingerprint,
       i.id IS NOT NULL AS extracted
FROM told
JOIN runs r ON r.id = told.id
JOIN runs b ON b.id = told.before_id
JOIN messages m ON m.message_id = r.message_id
LEFT JOIN items i ON i.id = r.item_id
WHERE r.verdict <> b.verdict
  AND (:thread IS NULL OR m.thread_id = :thread)
  AND (:since IS NULL OR r.at >= :since)
ORDER BY r.id DESC
LIMIT coalesce(:limit, -1)
