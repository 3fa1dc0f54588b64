"""The plugin the engine starts as pulumi-resource-kubernetes."""

from rehearsal.providers.kubernetes.provider import Kubernetes
from rehearsal.providers.server import run

run(Kubernetes)
