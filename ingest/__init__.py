"""From mail to items: sources, mail, zones, threads, sentences, labels and links; effects stay in `ingest.sources`."""
