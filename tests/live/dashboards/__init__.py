"""Rendered dashboards, drawn on figures of a real Prometheus."""
