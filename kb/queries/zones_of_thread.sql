-- The zones of every message of a thread, in order.
SELECT z.message_id, z.kind, z.start, z."end", z.depth, z.quoted_id, z.quoted_start, z.quoted_end
FROM messages m
JOIN zones z ON z.message_id = m.message_id
WHERE m.thread_id = :thread
ORDER BY m.number, z.start
