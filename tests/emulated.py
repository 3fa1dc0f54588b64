"""Clients of the emulated account, for tests that look at what a program left there."""

from typing import Any

import boto3

from rehearsal.paths import StackPaths
from rehearsal.processes import endpoints

_NOBODY = {"aws_access_key_id": "rehearsal", "aws_secret_access_key": "rehearsal"}


def client_of(emulators: StackPaths, service: str, region: str = "us-east-1") -> Any:
    url = endpoints.read(emulators)["aws"]["url"]
    return boto3.Session(**_NOBODY, region_name=region).client(service, endpoint_url=url)
