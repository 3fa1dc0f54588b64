"""Numbers in documented JSON answers, as metrics for Prometheus."""
