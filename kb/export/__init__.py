"""In: a reader. Out: items, verdicts and reports in formats that other programs and people read."""
