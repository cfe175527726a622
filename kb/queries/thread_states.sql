-- How many items of each kind and state every thread has.
SELECT thread_id, kind, state, count(*) AS number FROM items GROUP BY thread_id, kind, state
