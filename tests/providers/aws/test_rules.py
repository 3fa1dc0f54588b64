"""Wrong inputs are refused at the property that is wrong, for that reason alone, and say who refuses."""

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rehearsal import paths
from rehearsal.providers.aws.provider import Aws
from rehearsal.providers.provider import Resource
from tests.providers.aws import wrong

_BY = {"service model": "(AWS service model)", "AWS rule": "(AWS rule)"}
CASES = [
    (name, *case)
    for _, name, _ in pkgutil.iter_modules(wrong.__path__)
    for case in importlib.import_module(f"{wrong.__name__}.{name}").WRONG
]


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    """Nothing is running: these refusals need no emulator."""
    directory: Path = tmp_path_factory.mktemp("rules")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(paths.STACK_DIRECTORY_VARIABLE, str(directory))
        yield Aws()


@pytest.mark.parametrize(
    ("type", "inputs", "property", "source"),
    [case[1:] for case in CASES],
    ids=[f"{case[0]}-{case[1].rsplit(':', 1)[-1]}-{case[3]}-{number}" for number, case in enumerate(CASES)],
)
def test_a_wrong_input_is_refused_where_it_is_wrong(
    provider: Aws, type: str, inputs: dict[str, Any], property: str, source: str
) -> None:
    _, failures = provider.check(Resource(f"urn:pulumi:rules::lifeline::{type}::wrong", type), inputs, {})

    assert [failure.property for failure in failures] == [property], failures
    if source == "schema":
        assert "(AWS" not in failures[0].reason
    else:
        assert failures[0].reason.endswith(_BY[source])
