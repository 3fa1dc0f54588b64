"""docs/reliability.md: what is promised, out of the specs, beside what was measured, out of docs/measured.

No figure is typed here: `figures.write` makes the page anew after each campaign, and a test compares it with both.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rehearsal import paths
from systems import registry
from systems.model import System

PAGE = paths.PROJECT / "docs" / "reliability.md"
MEASURED = paths.PROJECT / "docs" / "measured"


@dataclass(frozen=True)
class Chapter:
    """Columns of the tables on a measured page that begin with `first`; `says` has what no table can."""

    title: str
    page: str
    first: str
    columns: tuple[str, ...]
    says: str
    rows: str = ""
    """Only rows whose first cell holds this."""


CHAPTERS = (
    Chapter(
        "The database's primary dies",
        "postgres",
        "replica",
        ("times", "gap median", "gap longest", "rows lost, each time"),
        "Through the pooler, under load. In production the standby in another zone is synchronous (the first row),\n"
        "the replica in the recovery region is not. A managed fail-over takes one to two minutes (AWS): to be added.",
    ),
    Chapter(
        "Servers of the cache die, or cannot hear each other",
        "redis",
        "fault",
        ("times", "writes acknowledged", "of these lost", "gap median", "gap longest", "two writable, longest"),
        "Through `cache`. Replication is asynchronous: what was acknowledged by a master that nobody hears is lost.",
    ),
    Chapter(
        "A password is rotated",
        "rotation",
        "passwords of",
        ("rotations", "logins", "refused"),
        "Straight at the servers; [through the pooler](measured/postgres.md) the same.",
    ),
    Chapter(
        "A proxy, a server or a release is exchanged",
        "haproxy",
        "change",
        ("path", "requests", "failed", "slowest"),
        "Milliseconds, as visitors saw them.",
    ),
    Chapter(
        "A zone is gone",
        "placing",
        "stack",
        ("nodes", "pods", "nodes lost", "s until all ran again"),
        "The scheduler's part alone: machines and containers take their own time on top.",
        rows="prod",
    ),
    Chapter(
        "Everything is gone but the backups",
        "backup",
        "",
        ("time", "throughput"),
        "A database of 2 GB, on one machine.",
    ),
    Chapter(
        "And the runner that does it stays small",
        "backup",
        "memory at its highest (PSS)",
        ("MiB",),
        "While 2 GB pass through it.",
    ),
)


_INTRODUCTION = """\
# Reliability

What the platforms promise, and what was seen when it was tried. Promises come from `systems/`, figures from the pages
under [measured](measured), which campaigns write (`make prove`); this page is put together from both, and a test holds
it against them. All figures are of real programs on one machine: floors, to which distance, disks and managed services
add. The decisions behind them: [PostgreSQL](decisions/postgres.md), [Redis](decisions/redis.md),
[backups](decisions/backups.md), [recovery](decisions/recovery.md).

## What is promised

| platform | what | back within | may lose at most | conceded where |
|---|---|---|---|---|
"""


class Unmeasured(LookupError):
    """A page or a table that the campaigns no longer write."""


def write() -> None:
    PAGE.write_text(page())


def page() -> str:
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield from _INTRODUCTION.splitlines()
    for name in registry.names():
        yield from _promises(registry.load(name))
    for chapter in CHAPTERS:
        yield from ("", f"## {chapter.title}", "", *_chapter(chapter))
    kept = "How long backups are kept, day by day: [lifecycle](measured/lifecycle.md)."
    yield from ("", "## A drill", "", _drill(), "", kept)


def _promises(system: System) -> Iterator[str]:
    for each in system.objectives.recovery:
        conceded = "; ".join(
            f"{one.scope.value}: {_both(one.rto_seconds, one.rpo_seconds)} ({one.decision})" for one in each.concessions
        )
        back, lost = _time(each.rto_seconds), _time(each.rpo_seconds)
        yield f"| {system.full_name} | {each.name} | {back} | {lost} | {conceded or '-'} |"


def _both(back: int | None, lost: int | None) -> str:
    said = [f"back within {_time(back)}" if back else "", f"loses {_time(lost)}" if lost else ""]
    return ", ".join(filter(None, said))


def _time(seconds: int | None) -> str:
    if seconds is None:
        return "-"
    return f"{seconds // 3_600} h" if seconds % 3_600 == 0 else f"{seconds / 60:g} min"


def _chapter(chapter: Chapter) -> Iterator[str]:
    text = _read(chapter.page)
    seen = text.splitlines()[2].split(", Linux")[0]
    headings, rows = _table(text, chapter.first, chapter.page)
    missing = [each for each in chapter.columns if each not in headings]
    if missing:
        raise Unmeasured(f"docs/measured/{chapter.page}.md has no column {missing[0]}; there are {', '.join(headings)}")
    chosen = [0, *(headings.index(each) for each in chapter.columns)]
    yield f"{chapter.says}\n{seen}: [{chapter.page}](measured/{chapter.page}.md)."
    yield ""
    yield _row([headings[at] for at in chosen])
    yield f"|{'---|' * len(chosen)}"
    yield from (_row([row[at] for at in chosen]) for row in rows if chapter.rows in row[0])


def _drill() -> str:
    found = re.search(r"The drill: (\d+ s) from its start to an application that answers", _read("backup"))
    if found is None:
        raise Unmeasured("docs/measured/backup.md no longer says how long the drill took")
    return (
        f"It took {found[1]} from its start to an application that answered on the restored 2 GB. What it measures\n"
        "every month is `drill_recovery_time_seconds` and `drill_data_loss_seconds`, against the promises above."
    )


def _read(name: str) -> str:
    file: Path = MEASURED / f"{name}.md"
    if not file.is_file():
        raise Unmeasured(f"docs/measured/{name}.md is not there: `make prove` writes it")
    return file.read_text()


def _table(text: str, first: str, where: str) -> tuple[list[str], list[list[str]]]:
    lines = text.splitlines()
    for at, line in enumerate(lines[:-1]):
        if line.startswith("|") and lines[at + 1].startswith("|---") and _cells(line)[0] == first:
            headings, rows = _cells(line), list[list[str]]()
            for row in lines[at + 2 :]:
                if not row.startswith("|"):
                    break
                rows.append(_cells(row))
            return headings, [row for row in rows if len(row) == len(headings)]
    raise Unmeasured(f"docs/measured/{where}.md has no table that begins with {first!r}")


def _cells(line: str) -> list[str]:
    return [each.strip() for each in line.strip().strip("|").split("|")] if line.strip("| ") else [""]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
