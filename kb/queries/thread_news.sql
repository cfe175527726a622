-- How many changes of each thread arrived when, after a time.
SELECT thread_id, at, count(*) AS number FROM journal WHERE at > :since GROUP BY thread_id, at
