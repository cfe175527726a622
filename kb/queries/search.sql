-- Messages and items that hold the words, best first, with every hit in their text marked (snippet() would take
-- time quadratic in the hits, and returns words of any length whole).
SELECT s.kind, s.ref, s.thread_id, highlight(search, 3, char(2), char(3)) AS snippet,
       coalesce(m.number, n.number) AS number, coalesce(m.author, n.author) AS author, coalesce(m.date, n.date) AS date,
       coalesce(m.message_id, n.message_id) AS message_id, coalesce(m.subject, n.subject) AS subject, i.state
FROM search s
LEFT JOIN messages m ON s.kind = 'message' AND m.message_id = s.ref
LEFT JOIN items i ON s.kind <> 'message' AND i.id = s.ref
LEFT JOIN messages n ON n.message_id = i.message_id
WHERE search MATCH :words AND (:thread IS NULL OR s.thread_id = :thread)
  AND (:confidence IS NULL OR i.id IS NULL OR i.confidence >= :confidence)
  AND (:by IS NULL OR coalesce(m.author, n.author) LIKE '%' || :by || '%' ESCAPE '\'
       OR coalesce(m.address, n.address) LIKE '%' || :by || '%' ESCAPE '\')
  AND (NOT :among OR among(s.thread_id, coalesce(m.address, n.address)))
ORDER BY bm25(search), s.kind, s.ref
LIMIT coalesce(:limit, -1)
