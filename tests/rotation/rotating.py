"""A rotation as Secrets Manager drives it: an empty version labelled AWSPENDING, then four steps."""

import json
from typing import Any
from uuid import uuid4

from lifeline_rotation.handler import rotate
from lifeline_rotation.settings import Reach

FUNCTION = "rotation"
STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")


class Rotating:
    """One secret; `begin` then `step(...)`, or `whole()` for all four."""

    def __init__(self, manager: Any, name: str, value: dict[str, Any], reach: Reach | None = None) -> None:
        self.manager, self.name, self.reach = manager, name, reach or Reach()
        self.token = ""
        if value:
            manager.create_secret(Name=name, SecretString=json.dumps(value))

    @classmethod
    def of_existing(cls, manager: Any, name: str, reach: Reach | None) -> "Rotating":
        return cls(manager, name, {}, reach)

    def begin(self) -> "Rotating":
        self.token = str(uuid4())
        self.manager.rotate_secret(
            SecretId=self.name,
            ClientRequestToken=self.token,
            RotationLambdaARN=FUNCTION,
            RotationRules={"AutomaticallyAfterDays": 83},
        )
        return self

    def step(self, step: str, token: str = "") -> None:
        event = {"Step": step, "SecretId": self.name, "ClientRequestToken": token or self.token}
        rotate(self.manager, event, self.reach)

    def whole(self) -> "Rotating":
        self.begin()
        for step in STEPS:
            self.step(step)
        return self

    def value(self, stage: str = "AWSCURRENT") -> dict[str, Any]:
        return json.loads(self.manager.get_secret_value(SecretId=self.name, VersionStage=stage)["SecretString"])

    def labels(self, token: str = "") -> list[str]:
        versions = self.manager.describe_secret(SecretId=self.name)["VersionIdsToStages"]
        return sorted(versions[token or self.token])

    def by_hand(self, value: dict[str, Any]) -> None:
        """Somebody puts a value in the middle of a rotation. The emulator would take AWSPENDING off, AWS does not."""
        versions = self.manager.describe_secret(SecretId=self.name)["VersionIdsToStages"]
        before = next(version for version, labels in versions.items() if "AWSCURRENT" in labels)
        made = self.manager.put_secret_value(
            SecretId=self.name, SecretString=json.dumps(value), VersionStages=["by-hand"]
        )["VersionId"]
        self.manager.update_secret_version_stage(
            SecretId=self.name, VersionStage="AWSCURRENT", MoveToVersionId=made, RemoveFromVersionId=before
        )
