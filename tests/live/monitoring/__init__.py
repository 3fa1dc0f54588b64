"""The monitoring stack with its real programs."""
