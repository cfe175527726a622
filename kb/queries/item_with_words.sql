-- the item of a message that has just these words
SELECT id FROM items WHERE message_id = :message AND quote = :quote
