"""The page of the pipelines says which environments there are; the documents and the workflows say the same.

`LIFELINE_UPDATE_GOLDEN=1 pytest tests/pipelines/test_pages.py` writes the table anew.
"""

import os
import re

from operations.gates import approvals
from operations.health.stack import stack_settings
from rehearsal.paths import PROJECT
from systems.model import GateTime
from tests.components.recording import STACKS
from tests.pipelines.workflows import jobs

PAGE = PROJECT / "docs" / "pipelines.md"
_TABLE = re.compile(r"(<!-- environments -->\n).*?(<!-- /environments -->)", re.DOTALL)


def table() -> str:
    lines = ["| environment | branches | who lets it through |", "|---|---|---|"]
    for stack in STACKS:
        lines.append(f"| `{stack}-preview` | any of this repository | nobody is asked |")
        lines.append(f"| `{stack}` | `main` | {_deployers(stack)} |")
        if stack.endswith("prod"):
            lines.append(f"| `{stack}-hotfix` | `hotfix/*` | those on call |")
            lines += [f"| `{stack}-{duty}` | `main` | nobody is asked |" for duty in ("rollout", "evidence")]
            system = stack_settings(stack).system
            for time, when in ((GateTime.BEFORE, ""), (GateTime.AFTER, ", once it stands")):
                for each in approvals(stack, system, (time,)):
                    lines.append(f"| `{each.environment}` | `main` | {each.role}: {', '.join(each.gates)}{when} |")
    return "\n".join(["", *lines, "", ""])


def _deployers(stack: str) -> str:
    return "the approvals of this stack" if stack.endswith("prod") else "nobody is asked"


def test_the_table_of_environments_is_that_of_the_documents() -> None:
    page = PAGE.read_text()
    wanted = _TABLE.sub(lambda found: found[1] + table() + found[2], page)
    if os.environ.get("LIFELINE_UPDATE_GOLDEN"):
        PAGE.write_text(wanted)
    assert PAGE.read_text() == wanted
    assert page.count("<!-- environments -->") == 1


def test_an_environment_of_a_role_serves_one_moment_only() -> None:
    """Who approves before and confirms after would otherwise find both requests under one name."""
    for stack in (stack for stack in STACKS if stack.endswith("prod")):
        system = stack_settings(stack).system
        before, after = (
            {each.environment for each in approvals(stack, system, (time,))}
            for time in (GateTime.BEFORE, GateTime.AFTER)
        )
        assert not before & after


def test_the_workflows_are_those_the_page_tells_of() -> None:
    told = set(re.findall(r"^\| `([a-z-]+)`(?: → `([a-z-]+)`)? \|", PAGE.read_text(), re.MULTILINE))
    named = {name for pair in told for name in pair if name}
    assert {job.workflow for job in jobs()} <= named
