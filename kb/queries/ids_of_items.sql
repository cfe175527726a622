-- The first items, and checked words that no item has, whose id begins with what stands between :low and :high.
SELECT 'item' AS what, id FROM items WHERE id >= :low AND id < :high
UNION
SELECT 'words', r.item_id
FROM runs r
JOIN messages m ON m.message_id = r.message_id
WHERE r.item_id >= :low AND r.item_id < :high AND NOT EXISTS (SELECT 1 FROM items i WHERE i.id = r.item_id)
ORDER BY id
LIMIT 6
