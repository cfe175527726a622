-- What the search index holds: Message-IDs and item ids.
SELECT ref FROM search
