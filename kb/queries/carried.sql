-- What people marked by hand of what versions make of older items, oldest first.
SELECT id, item_id, kind, message_id, quote, version_id, mark, who, at, why FROM carried ORDER BY at, id
