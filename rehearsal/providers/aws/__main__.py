"""The plugin the engine starts as pulumi-resource-aws."""

from rehearsal.providers.aws.provider import Aws
from rehearsal.providers.server import run

run(Aws)
