"""Cases of a rule about one property: right, each wrong value, missing, elsewhere, not known."""

from typing import Any

from tests.policies.cases import UNKNOWN, Cases, Given, Stack, aws, stack

ELSEWHERE = stack(zone=aws("route53/zone:Zone", name="example.org"))
WRITTEN = {"unknown": "a literal that nobody can know counts as wrong"}
GIVEN = {"unknown": "what comes from another resource is there, whatever it will be"}


def with_value(token: str, path: str, value: Any, **others: Any) -> Given:
    """`a.0.b` makes {"a": [{"b": value}]}."""
    made: Any = value
    for part in reversed(path.split(".")):
        made = [made] if part.isdigit() else {part: made}
    return aws(token, **others, **made)


def about(
    token: str,
    path: str,
    right: list[Any],
    wrong: list[Any],
    *,
    literal: bool = False,
    given: bool = False,
    missing: bool = True,
    **others: Any,
) -> Cases:
    """`missing`: nothing there is wrong too. `literal`: not known is wrong, not unknown. `given`: it is right."""

    def one(value: Any) -> Stack:
        return stack(it=with_value(token, path, value, **others))

    absent = [stack(it=aws(token, **others))] if missing else []
    return Cases(
        passing=[*(one(value) for value in right), *([one(UNKNOWN)] if given else [])],
        failing=[*(one(value) for value in wrong), *absent, *([one(UNKNOWN)] if literal else [])],
        not_applicable=[ELSEWHERE],
        unknown=[] if literal or given else [one(UNKNOWN)],
        without=WRITTEN if literal else GIVEN if given else {},
    )
