-- The bytes of a mail, the ones that count where there are several.
SELECT content
FROM raw_mails
WHERE message_id = :message AND NOT withdrawn
ORDER BY replaced_by IS NOT NULL, id
LIMIT 1
