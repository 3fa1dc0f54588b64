"""The policy pack that a preview runs under: found in the project, its verdict told in a line, its reports kept."""

import os
from dataclasses import dataclass
from pathlib import Path

from rich.markup import escape

from policies import reports
from rehearsal.console import Terminal
from rehearsal.engine import Outcome
from rehearsal.errors import RehearsalError
from rehearsal.paths import StackPaths

#: Where a project keeps its own; one without it has none to run.
HOME = "policies"


@dataclass(frozen=True)
class Pack:
    """Another's pack writes no reports, and ours none when the program failed before it was asked."""

    directory: Path
    reports: Path

    @property
    def arguments(self) -> tuple[str, ...]:
        return "--policy-pack", str(self.directory)

    @property
    def report(self) -> Path | None:
        return self._written("report.json")

    @property
    def summary(self) -> str:
        written = self._written(reports.SUMMARY)
        return written.read_text(encoding="utf-8") if written else ""

    def _written(self, name: str) -> Path | None:
        file = self.reports / name
        return file if file.exists() else None

    def begin(self) -> None:
        """Reports of an earlier run are gone before this one begins; the engine hands the place on to the pack."""
        reports.forget(self.reports)
        os.environ[reports.VARIABLE] = str(self.reports)

    def tell(self, planned: Outcome, terminal: Terminal) -> None:
        """One line: the findings themselves are told with the preview's other failures and remarks."""
        refused = [each for each in planned.story.violations if each.level == "mandatory"]
        if not planned.succeeded and not refused:
            return
        mark = "[red]✗[/]" if refused else "[green]✓[/]"
        counted = self.summary.partition("\n")[0]
        told = counted or f"{self.directory.name}/: {len(planned.story.violations)} findings"
        terminal.print(f"{mark} policies [dim]{escape(told)}[/]")


def of_project(project: Path, stack: StackPaths) -> Pack | None:
    """The project's own, if it has one."""
    return _pack(project / HOME, stack) if _is_pack(project / HOME) else None


def named(directory: str, project: Path, stack: StackPaths) -> Pack:
    if not _is_pack(project / directory):
        raise RehearsalError(
            f"there is no policy pack in {directory}/: PulumiPolicy.yaml is missing",
            ways_out=["name the directory of one: make policy PACK=<directory>"],
        )
    return _pack(project / directory, stack)


def ways_out(planned: Outcome, stack: str, terminal: Terminal) -> None:
    """After a refusal: how to read all of it, and how to go on all the same."""
    if any(each.level == "mandatory" for each in planned.story.violations):
        terminal.print("nothing was made: a mandatory policy refuses it", markup=False)
        terminal.print(f"  next:  mend it; all verdicts, rules and reports: make policy STACK={stack}", markup=False)
        terminal.print(f"  next:  or rehearse it all the same: make up STACK={stack} NO_POLICY=1", markup=False)


def _is_pack(directory: Path) -> bool:
    return (directory / "PulumiPolicy.yaml").exists()


def _pack(directory: Path, stack: StackPaths) -> Pack:
    place = os.environ.get(reports.VARIABLE) or stack.root / "policy"
    return Pack(directory.resolve(), Path(place).resolve())
