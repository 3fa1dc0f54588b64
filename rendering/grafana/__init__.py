"""Grafana: its settings, its datasources and its dashboards, rendered from the spec."""
