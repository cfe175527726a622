-- The zones of a message's body, in order.
SELECT kind, start, "end", depth, quoted_id, quoted_start, quoted_end
FROM zones
WHERE message_id = :message
ORDER BY start
