-- One thread as a list shows it.
SELECT id, subject, messages, people, last_date FROM threads WHERE id = :thread
