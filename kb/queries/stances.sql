-- Tags given on patches and NACKs, each with the mail that it stands in where that is known, oldest first.
SELECT t.thread_id, t.revision, t.patch, lower(t.name) AS tag, t.value, t.message_id, m.number, m.author, m.address, m.date,
       '' AS words, 0 AS start, 0 AS "end"
FROM trailers t
LEFT JOIN messages m ON m.message_id = t.message_id
WHERE (:thread IS NULL OR t.thread_id = :thread)
  AND lower(t.name) IN ('reviewed-by', 'acked-by', 'tested-by', 'nacked-by', 'naked-by')
UNION ALL
SELECT n.thread_id, p.revision, p.number, 'nacked-by', m.author || ' <' || m.address || '>', n.message_id, m.number,
       m.author, m.address, m.date, n.words, n.start, n."end"
FROM nacks n
JOIN messages m ON m.message_id = n.message_id
JOIN patches p ON p.message_id = n.patch
WHERE (:thread IS NULL OR n.thread_id = :thread)
ORDER BY 1, 2, 3, 10, 4, 5
