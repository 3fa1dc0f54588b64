"""Nothing in a spec is invented silently: headings exist, figures stand under them, everything else gives a reason."""

from collections.abc import Iterator
from dataclasses import MISSING, fields
from pathlib import Path

import decision_records
import pytest
from document_outline import FIGURE, headings, outlined_documents

import systems
from systems.model import BackupKind, DatabaseSetting, Drill, Environment, Header, Part, Source, System
from systems.registry import load, names
from systems.tree import leaves

PROJECT = Path(systems.__file__).parent.parent
#: What a documented figure may be multiplied by to become the unit of a field: minutes, hours and days to seconds,
#: seconds to milliseconds, cores to millicores, GB to MiB, and back.
UNITS = (1, 60, 3_600, 86_400, 1_000, 1 / 1_000, 1_024)

every_system = pytest.mark.parametrize("name", names())


def parts(part: Part, source: Source | None = None, reasoned: bool = False) -> Iterator[tuple[Part, Source, bool]]:
    """Every part with its source, and whether a reason on the way to it covers all of it."""
    source = part.source or source
    assert source
    yield part, source, reasoned
    for name, value in part.values():
        for each in value if isinstance(value, tuple) else (value,):
            if isinstance(each, Part):
                yield from parts(each, source, reasoned or name in part.because or is_default(part, name, value))


def production(name: str) -> System:
    return load(name, Environment.PRODUCTION)


@every_system
def test_every_cited_heading_exists_in_the_document(name: str) -> None:
    cited = {source for _, source, _ in parts(production(name))}
    unknown = [str(each) for each in cited if each.heading not in headings(each.document)]
    assert unknown == []


@every_system
def test_a_spec_cites_one_document(name: str) -> None:
    assert len({source.document for _, source, _ in parts(production(name))}) == 1


@every_system
def test_every_number_stands_under_its_heading_or_gives_a_reason(name: str) -> None:
    invented = [
        f"{type(part).__name__} {part.key}: {field} = {value}, not a figure under {source}"
        for part, source, reasoned in parts(production(name))
        if not reasoned
        for field, value in part.values()
        if isinstance(value, int | float) and not isinstance(value, bool)
        if field not in part.because and not is_default(part, field, value)
        if not documented(value, headings(source.document)[source.heading])
    ]
    assert invented == []


@every_system
def test_figures_inside_texts_stand_under_their_heading_too(name: str) -> None:
    """postgresql.conf lines, headers and schedules are texts with figures in them."""
    invented = [
        f"{type(part).__name__} {part.key}: {field} = {value}, not under {source}"
        for part, source, reasoned in parts(production(name))
        if isinstance(part, DatabaseSetting | Header | BackupKind | Drill) and not reasoned
        for field, value in part.values()
        if field in ("value", "schedule") and field not in part.because
        if not {float(figure) for figure in FIGURE.findall(str(value))}
        <= {float(figure) for figure in headings(source.document)[source.heading]} | {0.0}
    ]
    assert invented == []


def is_default(part: Part, name: str, value: object) -> bool:
    """Defaults are argued once, in the model."""
    field = next(field for field in fields(part) if field.name == name)
    if field.default_factory is not MISSING:
        return field.default_factory() == value
    return field.default == value


def documented(value: float, figures: frozenset[str]) -> bool:
    """Nothing (0) needs no document."""
    return value == 0 or any(abs(float(figure) * unit - value) < 1e-9 for figure in figures for unit in UNITS)


def test_the_check_for_invented_numbers_finds_one() -> None:
    assert documented(900, frozenset({"15"}))  # 15 minutes
    assert documented(0.1, frozenset({"100"}))  # 100 ms
    assert not documented(17, frozenset({"15", "100"}))


@every_system
def test_every_decision_that_is_named_has_been_written(name: str) -> None:
    told = [leaf.because for leaf in leaves(production(name))]
    told += [str(leaf.value) for leaf in leaves(production(name)) if leaf.path.endswith(".decision")]
    assert decision_records.mentioned("\n".join(told)) - decision_records.written() == set()


def test_the_search_for_decisions_finds_those_that_are_missing() -> None:
    assert decision_records.mentioned("as in SYS-07 and TDAH-D02 (SYS-999)") - decision_records.written() >= {"SYS-999"}
    assert "SYS-07" in decision_records.written()


def test_there_is_an_outline_for_every_document() -> None:
    documents = {source.document for name in names() for _, source, _ in parts(production(name))}
    assert documents <= set(outlined_documents())
