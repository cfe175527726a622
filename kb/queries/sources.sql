-- All sources of mail, the first one known first.
SELECT id, kind, address, seen, at FROM sources ORDER BY id
