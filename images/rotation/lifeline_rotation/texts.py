"""Secrets that only programs of ours compare or encrypt with: nothing outside has to be told of a new version."""

import secrets

from lifeline_rotation.kinds import Value, random_text
from lifeline_rotation.versions import RotationError


class Plain:
    """A signing key, a token: `value` signs, `previous` is still believed until the next rotation."""

    def successor(self, current: Value) -> Value:
        return {**current, "value": random_text(int(current["characters"])), "previous": current["value"]}

    def check(self, current: Value, pending: Value) -> None:
        if pending.get("previous") != current["value"] or pending["value"] == current["value"]:
            raise RotationError("the secret was changed by hand since this rotation began: start it anew")

    def apply(self, current: Value, pending: Value) -> None:
        """Readers find it in their file; there is no server to tell."""

    def test(self, pending: Value) -> None:
        if len(str(pending["value"])) != int(pending["characters"]):
            raise RotationError(f"the new value does not have {pending['characters']} characters")


class KeyRing:
    """Keys by number; `value` is the newest, which encrypts. None ever leaves, or data becomes unreadable."""

    def successor(self, current: Value) -> Value:
        number = str(max(map(int, current["keys"])) + 1)
        key = secrets.token_hex(int(current["characters"]) // 2)
        return {**current, "value": key, "newest": number, "keys": {**current["keys"], number: key}}

    def check(self, current: Value, pending: Value) -> None:
        if lost := sorted(current["keys"].items() - pending["keys"].items()):
            raise RotationError(f"keys {', '.join(number for number, _ in lost)} would be lost: start it anew")

    def apply(self, current: Value, pending: Value) -> None:
        """Readers find it in their file; there is no server to tell."""

    def test(self, pending: Value) -> None:
        newest = pending["keys"].get(pending["newest"])
        if newest != pending["value"] or len(newest) != int(pending["characters"]):
            raise RotationError(f"key {pending['newest']} is not the newest, of {pending['characters']} characters")
