"""In: threadkb. Out: what it does, seen from outside."""
