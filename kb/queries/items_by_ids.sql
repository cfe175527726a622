-- The items with :ids (JSON), as in items.sql, in no order.
SELECT i.id, i.kind, i.thread_id, i.message_id, m.number, m.author, m.address, m.date, i.start, i.end, i.quote, i.says,
       i.confidence, i.cue, i.state, i.because, i.by_item,
       (SELECT json_group_array(topic) FROM (SELECT topic FROM topics WHERE item_id = i.id ORDER BY rank)) AS topics,
       (SELECT json_group_array(entity) FROM (SELECT entity FROM entities WHERE item_id = i.id ORDER BY rank)) AS entities,
       r.verdict, r.strength, r.summary, r."check"
FROM items i
JOIN messages m ON m.message_id = i.message_id
LEFT JOIN runs r ON r.id = (SELECT max(id) FROM runs WHERE item_id = i.id) AND r.reason <> 'binding gone'
WHERE i.id IN (SELECT value FROM json_each(:ids))
