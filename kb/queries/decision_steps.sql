-- Every link that reaches or leaves a decision of a thread (or of any), with the other end and when that was said.
SELECT d.id AS decision, l.relation, o.id AS other, o.kind AS kind, 0 AS outward, m.date, m.number, o.start, l.because
FROM threads t
CROSS JOIN items d ON d.thread_id = t.id AND d.kind = 'decision'
JOIN links l ON l.target = d.id
JOIN items o ON o.id = l.source
JOIN messages m ON m.message_id = o.message_id
WHERE :thread IS NULL OR t.id = :thread
UNION ALL
SELECT d.id, l.relation, o.id, o.kind, 1, m.date, m.number, o.start, l.because
FROM threads t
CROSS JOIN items d ON d.thread_id = t.id AND d.kind = 'decision'
JOIN links l ON l.source = d.id
JOIN items o ON o.id = l.target
JOIN messages m ON m.message_id = o.message_id
WHERE :thread IS NULL OR t.id = :thread
ORDER BY 1, 6, 7, 8, 3
