"""Resources that AWS and Kubernetes keep apart and rules look at together."""
