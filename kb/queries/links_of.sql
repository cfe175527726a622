-- The links that leave or reach an item.
SELECT source, relation, target, confidence, because FROM links WHERE source = :item
UNION
SELECT source, relation, target, confidence, because FROM links WHERE target = :item
ORDER BY source, relation, target
