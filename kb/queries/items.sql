-- Items in reading order, each with who, when, where, and the verdict of its latest run.
SELECT i.id, i.kind, i.thread_id, i.message_id, m.number, m.author, m.address, m.date, i.start, i.end, i.quote, i.says,
       i.confidence, i.cue, i.state, i.because, i.by_item,
       (SELECT json_group_array(topic) FROM (SELECT topic FROM topics WHERE item_id = i.id ORDER BY rank)) AS topics,
       (SELECT json_group_array(entity) FROM (SELECT entity FROM entities WHERE item_id = i.id ORDER BY rank)) AS entities,
       r.verdict, r.strength, r.summary, r."check"
FROM items i
JOIN messages m ON m.message_id = i.message_id
JOIN threads t ON t.id = i.thread_id
LEFT JOIN runs r ON r.id = (SELECT max(id) FROM runs WHERE item_id = i.id) AND r.reason <> 'binding gone'
WHERE (:kind IS NULL OR i.kind = :kind)
  AND (:thread IS NULL OR i.thread_id = :thread)
  AND (:message IS NULL OR i.message_id = :message)
  AND (:state IS NULL OR i.state = :state)
  AND (:verdict IS NULL OR coalesce(r.verdict, 'unchecked') = :verdict)
  AND (:since IS NULL OR m.date >= :since)
  AND (:confidence IS NULL OR i.confidence >= :confidence)
  AND (:by IS NULL OR m.author LIKE '%' || :by || '%' ESCAPE '\' OR m.address LIKE '%' || :by || '%' ESCAPE '\')
  AND (NOT :among OR among(i.thread_id, m.address))
  AND (:topic IS NULL OR EXISTS (SELECT 1 FROM topics x WHERE x.item_id = i.id AND x.topic LIKE '%' || :topic || '%' ESCAPE '\'))
  AND (:about IS NULL OR i.quote LIKE '%' || :about || '%' ESCAPE '\'
       OR EXISTS (SELECT 1 FROM entities x WHERE x.item_id = i.id AND x.entity LIKE '%' || :about || '%' ESCAPE '\'))
ORDER BY t.last_date DESC, t.id, m.number, i.start, i.id
LIMIT coalesce(:limit, -1)
