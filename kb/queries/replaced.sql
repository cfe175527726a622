-- The Message-ID of each provisional mail to that of the real one which took its place.
SELECT message_id, replaced_by FROM raw_mails WHERE replaced_by IS NOT NULL
