"""In: words as a person types them. Out: what the search index is asked. Pure."""

from __future__ import annotations


def fts_query(words: str) -> str:
    """`words` as an FTS5 expression that cannot be wrong: each word or "phrase" quoted, `*` at its end kept."""
    out = []
    for number, part in enumerate(words.split('"')):
        for word in [part] if number % 2 else part.split():
            star = "*" if word.endswith("*") else ""
            clean = word.strip().strip("*").replace("\x00", " ")
            if any(char.isalnum() for char in clean):
                out.append(f'"{clean}"{star}')
    return " ".join(out)
