"""Every AWS type with an entry, through the real engine: create, no-op, refresh, update, replace, destroy.

And each of these once more by an engine that knows nothing of the first time, as after a kill: what a rehearsal's
engine did in a run it did not live to end is in no state, only in AWS and in the provider's ledger.

Each module of programs/ holds the types of one service: `program(0)` creates them, `program(1)` changes what can be
changed in place, `program(2)` what replaces. A type that cannot show one of these says why in the module.
"""

import importlib
import keyword
import pkgutil
from collections.abc import Callable
from types import ModuleType

import pytest

from rehearsal import paths
from rehearsal.engine import Outcome
from rehearsal.providers.aws import registry
from rehearsal.providers.aws.ledger import Ledger
from rehearsal.witness import judge
from rehearsal.witness.record import Record
from tests.engine_runs import EngineRun
from tests.providers.aws import programs

MODULES = [name for _, name, _ in pkgutil.iter_modules(programs.__path__)]


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"{programs.__name__}.{name}")


def _use(run: EngineRun, name: str, step: int) -> None:
    run.write(
        f"""
        import sys

        sys.path.insert(0, {str(paths.PROJECT)!r})
        from tests.providers.aws.programs import {name}

        {name}.program({step})
        """
    )


def _done(outcome: Outcome, *kinds: str) -> set[str]:
    """AWS types to which one of these operations happened."""
    return {
        each.type for each in outcome.story.operations.values() if each.kind in kinds and each.type.startswith("aws:")
    }


def _steady(outcome: Outcome) -> None:
    changed = [
        f"{each.kind} {each.type} {each.urn.rsplit('::', 1)[-1]} {each.changed}"
        for each in outcome.story.operations.values()
        if each.kind not in ("same", "read", "refresh") and each.type.startswith("aws:")
    ]
    assert not changed, "\n".join(changed) + "\n" + outcome.text


def _as_if_killed(run: EngineRun, operate: Callable[[], Outcome]) -> Outcome:
    """Do it, forget in the state that it was done, do it again."""
    before = run.checkpoint.file.read_bytes()
    operate()
    run.checkpoint.file.write_bytes(before)
    return operate()


def _standing(run: EngineRun) -> set[tuple[str, str]]:
    """URN and id of all that was made in AWS and not deleted."""
    return {(urn, id) for urn, ids in Ledger(run.stack.ledger).standing().items() for id in ids}


def _known(run: EngineRun) -> set[tuple[str, str]]:
    return {(each["urn"], each["id"]) for each in run.resources() if each["type"].startswith("aws:")}


@pytest.mark.engine
@pytest.mark.campaign
@pytest.mark.parametrize("name", MODULES)
def test_types_survive_a_killed_engine(aws_run: Callable[..., EngineRun], name: str) -> None:
    run = aws_run()
    not_repeated: dict[int, str] = getattr(_module(name), "NOT_REPEATED", {})
    for step in range(3):
        _use(run, name, step)
        run.up() if step in not_repeated else _as_if_killed(run, run.up)
        _steady(run.preview())
        _steady(run.refresh())
        assert _standing(run) == _known(run), f"step {step}"
    _as_if_killed(run, run.destroy)
    assert run.resources() == []
    assert _standing(run) == set()


@pytest.mark.engine
@pytest.mark.parametrize("name", MODULES)
def test_types_live_their_whole_life(aws_run: Callable[..., EngineRun], name: str) -> None:
    run = aws_run()
    module = _module(name)
    entries = registry.entries()

    _use(run, name, 0)
    created = _done(run.up(), "create")
    assert not (findings := judge.findings(Record(run.stack.checked))), "\n".join(map(str, findings))
    _steady(run.preview())
    _steady(run.refresh())

    _use(run, name, 1)
    updated = _done(run.up(), "update")
    _steady(run.preview())
    _steady(run.refresh())
    expected = {type for type in created & entries.keys() if entries[type].update or entries[type].tags}
    assert expected - updated - module.UPDATES_NOT_SHOWN.keys() == set()

    _use(run, name, 2)
    replaced = _done(run.up(), "replace", "create-replacement")
    _steady(run.preview())
    expected = {type for type in created & entries.keys() if entries[type].replace}
    assert expected - replaced - module.REPLACEMENTS_NOT_SHOWN.keys() == set()

    run.destroy()
    assert run.resources() == []


def test_every_type_with_an_entry_is_in_a_program() -> None:
    text = "\n".join((paths.PROJECT / "tests/providers/aws/programs" / f"{name}.py").read_text() for name in MODULES)
    missing = []
    for type in registry.entries():
        module, name = type.split(":")[1].split("/")[0], type.rsplit(":", 1)[-1]
        module = f"{module}_" if keyword.iskeyword(module) else module
        if f"aws.{module}.{name}(" not in text:
            missing.append(type)
    assert missing == []
