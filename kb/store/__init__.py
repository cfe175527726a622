"""In: raw mail, derived threads, runs. Out: the database that keeps them; the only writer."""
