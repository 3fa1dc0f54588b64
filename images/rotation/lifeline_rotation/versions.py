"""One secret by the labels of its versions: AWSCURRENT is used, AWSPENDING in the making, AWSPREVIOUS still good."""

import json
from typing import Any, cast

from lifeline_rotation.kinds import Value

_CURRENT, _PENDING = "AWSCURRENT", "AWSPENDING"


class RotationError(Exception):
    """A rotation that cannot go on. Says names, never values."""


class Versions:
    """`token` is the version this rotation makes."""

    def __init__(self, client: Any, secret: str, token: str) -> None:
        self._client, self._secret, self.token = client, secret, token
        described = client.describe_secret(SecretId=secret)
        self.name = str(described["Name"])
        self._stages: dict[str, list[str]] = described.get("VersionIdsToStages") or {}
        self._check(enabled=bool(described.get("RotationEnabled")))

    def _check(self, *, enabled: bool) -> None:
        """Secrets Manager has made the version before it calls."""
        if not enabled:
            raise RotationError(f"{self.name}: rotation is not enabled")
        if self.token not in self._stages:
            raise RotationError(f"{self.name}: there is no version {self.token} to rotate to")
        if not {_CURRENT, _PENDING} & set(self._stages[self.token]):
            raise RotationError(f"{self.name}: version {self.token} is not labelled {_PENDING}")

    def finished(self) -> bool:
        return _CURRENT in self._stages.get(self.token, ())

    def current(self) -> Value:
        return self._value(VersionStage=_CURRENT)

    def pending(self) -> Value | None:
        try:
            return self._value(VersionId=self.token, VersionStage=_PENDING)
        except self._client.exceptions.ResourceNotFoundException:
            return None

    def put_pending(self, value: Value) -> None:
        self._client.put_secret_value(
            SecretId=self._secret,
            ClientRequestToken=self.token,
            SecretString=json.dumps(dict(value)),
            VersionStages=[_PENDING],
        )

    def promote(self) -> None:
        """Secrets Manager itself labels the one before AWSPREVIOUS."""
        before = next(version for version, labels in self._stages.items() if _CURRENT in labels)
        move = self._client.update_secret_version_stage
        move(SecretId=self._secret, VersionStage=_CURRENT, MoveToVersionId=self.token, RemoveFromVersionId=before)
        move(SecretId=self._secret, VersionStage=_PENDING, RemoveFromVersionId=self.token)

    def abandon(self) -> None:
        """Its value is never used; a new version takes its place."""
        self._client.update_secret_version_stage(
            SecretId=self._secret, VersionStage=_PENDING, RemoveFromVersionId=self.token
        )

    def other(self, secret: str) -> list[Value]:
        """Another secret's values: the current one, and the one it may just be changing to."""
        if not secret:
            raise RotationError(f"{self.name}: no administrator's secret is configured for its kind")
        found: list[Value] = []
        for stage in (_CURRENT, _PENDING):
            try:
                answer = self._client.get_secret_value(SecretId=secret, VersionStage=stage)
            except self._client.exceptions.ResourceNotFoundException:
                continue
            found.append(_parsed(secret, answer))
        return found

    def _value(self, **which: str) -> Value:
        return _parsed(self.name, self._client.get_secret_value(SecretId=self._secret, **which))


class OwnVersions(Versions):
    """Where nobody calls, but a clock of our own: the version comes to be with its value."""

    def _check(self, *, enabled: bool) -> None:
        if enabled:
            raise RotationError(f"{self.name}: Secrets Manager rotates it already")


def _parsed(name: str, answer: dict[str, Any]) -> Value:
    try:
        value = json.loads(answer["SecretString"])
    except (KeyError, ValueError):
        value = None
    if not isinstance(value, dict):
        raise RotationError(f"{name}: the secret is no JSON object")
    return cast("Value", value)
