-- Threads as a list shows them, last written first.
SELECT id, subject, messages, people, last_date FROM threads ORDER BY last_date DESC, id
