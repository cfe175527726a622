-- The ids of items that fit, in an order; what is refuted, open or in dispute comes first where the order asks for it.
SELECT i.id, m.date
FROM threads t
CROSS JOIN items i ON i.thread_id = t.id
JOIN messages m ON m.message_id = i.message_id
LEFT JOIN runs r ON :runs AND r.id = (SELECT max(id) FROM runs WHERE item_id = i.id) AND r.reason <> 'binding gone'
WHERE (:thread IS NULL OR t.id = :thread)
  AND (:kind IS NULL OR i.kind = :kind)
  AND (:state IS NULL OR i.state = :state)
  AND (:verdict IS NULL OR coalesce(r.verdict, 'unchecked') = :verdict)
  AND (:confidence IS NULL OR i.confidence >= :confidence)
  AND (:by IS NULL OR m.author LIKE '%' || :by || '%' ESCAPE '\' OR m.address LIKE '%' || :by || '%' ESCAPE '\')
  AND (:topic IS NULL OR EXISTS (SELECT 1 FROM topics x WHERE x.item_id = i.id AND x.topic LIKE '%' || :topic || '%' ESCAPE '\'))
  AND (:words IS NULL OR i.quote LIKE '%' || :words || '%' ESCAPE '\' OR i.says LIKE '%' || :words || '%' ESCAPE '\'
       OR m.author LIKE '%' || :words || '%' ESCAPE '\'
       OR EXISTS (SELECT 1 FROM topics x WHERE x.item_id = i.id AND x.topic LIKE '%' || :words || '%' ESCAPE '\')
       OR EXISTS (SELECT 1 FROM entities x WHERE x.item_id = i.id AND x.entity LIKE '%' || :words || '%' ESCAPE '\'))
ORDER BY
    CASE :sorted
        WHEN 'state' THEN CASE i.state WHEN 'disputed' THEN 0 WHEN 'open' THEN 1 WHEN 'proposed' THEN 2
            WHEN 'refuted' THEN 3 WHEN 'rejected' THEN 4 WHEN 'uncontested' THEN 5 WHEN 'dropped' THEN 7
            WHEN 'superseded' THEN 7 ELSE 6 END
        WHEN 'verdict' THEN CASE r.verdict WHEN 'refuted' THEN 0 WHEN 'partly' THEN 1 WHEN 'error' THEN 2
            WHEN 'inconclusive' THEN 3 WHEN 'not-run' THEN 4 WHEN 'verified' THEN 5 ELSE 6 END
        WHEN 'confidence' THEN i.confidence
    END,
    CASE :sorted WHEN 'person' THEN lower(m.author) END,
    CASE WHEN :sorted <> 'thread' THEN m.date END DESC,
    t.last_date DESC, t.id, m.number, i.start, i.id
