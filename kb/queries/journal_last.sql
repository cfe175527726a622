-- The latest arrival that changed something: all rows of its number have its time.
SELECT batch, at FROM journal WHERE batch = (SELECT max(batch) FROM journal) ORDER BY id LIMIT 1
