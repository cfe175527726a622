-- When something was last found out: by mail that came or by a check that ran.
SELECT max(coalesce((SELECT max(at) FROM journal), ''), coalesce((SELECT max(at) FROM runs), '')) AS at
