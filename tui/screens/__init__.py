"""In: pages read from the database. Out: the screens of the browser, one module each."""
