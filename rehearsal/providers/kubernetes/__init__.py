"""The Kubernetes rehearsal provider: pulumi-kubernetes' resources on the rehearsal's own, real API server."""
