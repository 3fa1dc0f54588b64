"""What Secrets Manager calls: one step of one secret's rotation, and once a day a look at the supplied ones."""

from collections.abc import Mapping
from typing import Any

import boto3

from lifeline_rotation import settings, steps, supplied
from lifeline_rotation.versions import Versions


def handle(event: Mapping[str, Any], context: object) -> None:
    """The entry point named in the function's configuration."""
    client = boto3.client("secretsmanager")
    if "supplied" in event:
        supplied.report(client, event["supplied"], event["stack"])
    else:
        rotate(client, event, settings.from_environment())


def rotate(client: Any, event: Mapping[str, str], reach: settings.Reach) -> None:
    """The step that the event names."""
    steps.take(event["Step"], Versions(client, event["SecretId"], event["ClientRequestToken"]), reach)
