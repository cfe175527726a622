-- Mails that are kept, are neither withdrawn nor replaced, and from which nothing is derived.
SELECT DISTINCT r.message_id
FROM raw_mails r
LEFT JOIN messages m ON m.message_id = r.message_id
WHERE m.message_id IS NULL AND r.replaced_by IS NULL AND NOT r.withdrawn
ORDER BY r.message_id
