"""What a SecretProviderClass says in a string is read before a pod on EKS would trip over it."""

from typing import Any

import pytest

from rehearsal.providers.kubernetes.secret_provider_class import wrong
from rehearsal.providers.wire import UNKNOWN

ONE = "- {objectName: prod/db, objectType: secretsmanager}"
PARTS = "- {objectName: prod/db, objectType: secretsmanager, jmesPath: [{path: password, objectAlias: password}]}"


def _class(objects: Any, *copied: str, provider: str = "aws") -> dict[str, Any]:
    copies = [{"secretName": "db", "type": "Opaque", "data": [{"objectName": name, "key": "k"} for name in copied]}]
    parameters = {} if objects is None else {"objects": objects}
    return {"spec": {"provider": provider, "parameters": parameters, "secretObjects": copies if copied else []}}


@pytest.mark.parametrize(
    "inputs",
    [
        _class(ONE, "prod/db"),
        _class(ONE, "prod_db"),
        _class(PARTS, "password", "prod/db"),
        _class("- {objectName: prod/db, objectType: secretsmanager, objectAlias: db}", "db"),
        _class('- objectName: "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-a1b2c3"'),
        _class(UNKNOWN, "anything"),
        _class("no list", provider="vault"),
        {"spec": UNKNOWN},
    ],
)
def test_is_fine(inputs: dict[str, Any]) -> None:
    assert wrong(inputs) == []


@pytest.mark.parametrize(
    ("inputs", "property", "told"),
    [
        (_class(None), "spec.parameters.objects", "is required"),
        (_class("- {objectName: [}"), "spec.parameters.objects", "must be a YAML list: "),
        (_class("objectName: prod/db"), "spec.parameters.objects", "must be a YAML list with at least one"),
        (_class("- prod/db"), "spec.parameters.objects[0]", "must be an object with an objectName"),
        (_class("- {objectName: prod/db}"), "spec.parameters.objects[0].objectType", "is required unless"),
        (_class("- {objectType: ssmparameter}"), "spec.parameters.objects[0].objectName", "is required"),
        (_class("- {objectName: a, objectType: secret}"), "spec.parameters.objects[0].objectType", "got 'secret'"),
        (_class(ONE.replace("}", ", alias: db}")), "spec.parameters.objects[0].alias", "is not read; known are"),
        (_class(PARTS.replace("path: ", "pth: ")), "spec.parameters.objects[0].jmesPath[0]", "must have a path"),
        (_class(f"{ONE}\n{ONE}"), "spec.parameters.objects", "mounts two objects as one file: prod/db"),
        (_class(ONE, "db"), "spec.secretObjects[0].data[0].objectName", "'db' is not mounted; mounted are prod/db"),
    ],
)
def test_is_refused(inputs: dict[str, Any], property: str, told: str) -> None:
    [failure] = wrong(inputs)
    assert failure.property == property
    assert told in failure.reason
