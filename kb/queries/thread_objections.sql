-- How many proposals of each thread stand objected to: what decides that one is still a proposal is an objection.
SELECT thread_id, count(*) AS number
FROM items
WHERE kind = 'decision' AND state = 'proposed' AND by_item IS NOT NULL
GROUP BY thread_id
