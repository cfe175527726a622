-- The first threads whose id begins with what stands between :low and :high.
SELECT 'thread' AS what, id FROM threads WHERE id >= :low AND id < :high ORDER BY id LIMIT 6
