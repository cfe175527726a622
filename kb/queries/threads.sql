-- Threads, last written first, with what needs attention in each.
SELECT t.id, t.root_id, t.subject, t.messages, t.people, t.first_date, t.last_date,
       (SELECT count(*) FROM items i WHERE i.thread_id = t.id) AS items,
       (SELECT count(*) FROM items i WHERE i.thread_id = t.id AND i.kind = 'question' AND i.state = 'open') AS open_questions,
       (SELECT count(*) FROM items i WHERE i.thread_id = t.id AND i.state = 'disputed') AS disputed,
       (SELECT count(*) FROM items i WHERE i.thread_id = t.id AND i.kind = 'action' AND i.state = 'open') AS open_actions,
       (SELECT m.origin FROM messages m WHERE m.thread_id = t.id AND m.number = 0) AS origin,
       (SELECT max(m.provisional) FROM messages m WHERE m.thread_id = t.id) AS provisional
FROM threads t
WHERE (:thread IS NULL OR t.id = :thread)
ORDER BY t.last_date DESC, t.id
