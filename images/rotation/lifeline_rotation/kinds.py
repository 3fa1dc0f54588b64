"""What every kind of secret can do: make its successor, bring it to life, try it."""

import secrets
import string
from collections.abc import Mapping
from typing import Any, Protocol

Value = Mapping[str, Any]

_LETTERS = string.ascii_letters + string.digits


class Kind(Protocol):
    """One kind of secret. `apply` may be called any number of times with the same versions."""

    def successor(self, current: Value) -> Value: ...

    def check(self, current: Value, pending: Value) -> None:
        """Refuses a pending version that does not follow from the current one."""
        ...

    def apply(self, current: Value, pending: Value) -> None: ...

    def test(self, pending: Value) -> None: ...


def random_text(characters: int) -> str:
    """Letters and digits, which need no quoting in an address, a file or a statement."""
    return "".join(secrets.choice(_LETTERS) for _ in range(characters))
