-- How many claims of each thread came out how, by their latest run.
SELECT i.thread_id, r.verdict, count(*) AS number
FROM (SELECT max(id) AS id FROM runs GROUP BY item_id) latest
JOIN runs r ON r.id = latest.id
JOIN items i ON i.id = r.item_id
WHERE i.kind = 'claim' AND r.reason <> 'binding gone'
GROUP BY i.thread_id, r.verdict
