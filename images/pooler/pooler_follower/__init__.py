"""Stands beside PgBouncer: keeps its list of logins and its certificate fresh, and tells Prometheus how it is."""
