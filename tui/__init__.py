"""The faces: command line and full-screen browser; the only place where ingest and sim_hooks meet."""
