-- The latest run of each item of a thread, and of words there that no item has, in reading order.
SELECT r.item_id, r.message_id, r.quote, r."check", r.predicate, r.bound_by, r.verdict, r.strength, r.summary, r.evidence,
       r.assumptions, r.seconds, r.fingerprint, r.reason, r.at, m.thread_id, m.number, m.author, m.date,
       i.id IS NOT NULL AS extracted
FROM (
    SELECT max(x.id) AS id
    FROM messages n
    JOIN runs x ON x.message_id = n.message_id
    WHERE n.thread_id = :thread
    GROUP BY x.item_id
) latest
JOIN runs r ON r.id = latest.id
JOIN messages m ON m.message_id = r.message_id
LEFT JOIN items i ON i.id = r.item_id
WHERE (:withdrawn OR r.reason <> 'binding gone')
ORDER BY m.thread_id, m.number, coalesce(i.start, instr(m.body, r.quote)), r.item_id
