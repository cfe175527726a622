"""In: nothing. Out: benchmarks, each a ratio to a peer in one run; `make bench` runs them, pytest does not."""
