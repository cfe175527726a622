"""From claims to verdicts: predicates, binders, hooks, models and source facts; each check runs in a child process."""
