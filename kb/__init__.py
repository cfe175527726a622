"""The ground: records, states, store, queries and export; knows no mail format, no model and no screen."""
