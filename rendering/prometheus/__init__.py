"""prometheus.yml and rule files, rendered from the spec."""
