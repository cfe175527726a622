-- Those of :digests (JSON) whose mails are kept.
SELECT sha256 FROM raw_mails WHERE sha256 IN (SELECT value FROM json_each(:digests)) AND NOT withdrawn
