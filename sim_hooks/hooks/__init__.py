"""In: a predicate and facts. Out: an Outcome; one module for each kind of evidence."""
