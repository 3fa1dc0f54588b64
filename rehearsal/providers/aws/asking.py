"""Small helps for asking AWS about one thing."""

from typing import Any


def only(found: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The one thing asked for, or None when it is gone."""
    return found[0] if found else None


def filters(**wanted: str) -> list[dict[str, Any]]:
    """EC2 filters: `vpc_id="vpc-1", association__main="true"` for vpc-id and association.main."""
    return [{"Name": name.replace("__", ".").replace("_", "-"), "Values": [value]} for name, value in wanted.items()]
