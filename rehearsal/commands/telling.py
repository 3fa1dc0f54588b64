"""The engine's story in the words of the terminal: what failed, what would change, what stands now."""

from collections import Counter
from collections.abc import Iterable

from rich.markup import escape

from rehearsal.console import Step, Terminal
from rehearsal.engine import Outcome, Story, Told
from rehearsal.engine.checkpoint import Resource
from rehearsal.paths import StackPaths
from rehearsal.providers.kubernetes.summary import pods_summary
from rehearsal.providers.provider import Refused

#: What the engine adds to every failure, about none in particular.
_SUMMARIES = ("update failed", "preview failed", "resource registration failed", "one or more")
_TO_DO = {
    "create": "to create",
    "update": "to change",
    "replace": "to replace",
    "delete": "to delete",
    "same": "unchanged",
}
#: How much of the engine's log is shown when it failed without a diagnostic.
_LAST_WORDS = 10
_DONE = {"create": "created", "update": "changed", "replace": "replaced", "delete": "deleted", "same": "unchanged"}


def failures(terminal: Terminal, outcome: Outcome) -> None:
    """Each failure under the resource it is about; the engine's own last words only when there is nothing else."""
    if outcome.succeeded:
        return
    story = outcome.story
    mandatory = [v for v in story.violations if v.level == "mandatory"]
    own = [told for told in story.failures if not told.text.startswith(_SUMMARIES)]
    for told in own or ([] if mandatory else story.failures):
        _block(terminal, "✗", "red", told.resource or "the engine", told.text)
    for violation in mandatory:
        _line(terminal, "✗", "red", f"{Told(violation.urn, '').resource}: policy {violation.policy}", violation.text)
    if not story.failures and not mandatory:
        _block(terminal, "✗", "red", "the engine", "\n".join(outcome.text.strip().splitlines()[-_LAST_WORDS:]))
    terminal.print(f"the engine's own words: {outcome.log}", style="dim", markup=False)


def remarks(terminal: Terminal, story: Story) -> None:
    """Warnings, advisory policies, and what the program printed."""
    for told in story.warnings:
        _block(terminal, "!", "yellow", told.resource or "the engine", told.text)
    advice(terminal, story)
    for text in dict.fromkeys(story.said):
        terminal.print(f"  {text}", style="dim", markup=False)


def advice(terminal: Terminal, story: Story) -> None:
    """Findings of policies that stop nothing."""
    for violation in story.violations:
        if violation.level != "mandatory":
            title = f"{Told(violation.urn, '').resource}: policy {violation.policy} ({violation.level})"
            _line(terminal, "!", "yellow", title, violation.text)


def _block(terminal: Terminal, mark: str, colour: str, title: str, text: str) -> None:
    terminal.print(f"[{colour}]{mark}[/] [bold]{escape(title)}[/]")
    for line in text.splitlines():
        terminal.print(f"    {escape(line)}")


def _line(terminal: Terminal, mark: str, colour: str, title: str, text: str) -> None:
    """One line a finding, without the policy's description that the SDK puts before it; a longer one is a block."""
    finding = text.strip().split("\n", 1)[-1]
    if "\n" in finding:
        _block(terminal, mark, colour, title, finding)
    else:
        terminal.print(f"[{colour}]{mark}[/] [bold]{escape(title)}[/]: {escape(finding)}")


def close(step: Step, outcome: Outcome) -> None:
    """The last word on an engine run's step."""
    done = changes(outcome.story)
    if outcome.succeeded:
        step.outcome(done)
    else:
        step.failed("failed" if not outcome.story.changed else f"failed after {done}")


def changes(story: Story) -> str:
    """`31 created, 2 changed, 5 unchanged`; of a preview: `31 to create, 2 to change, 5 unchanged`"""
    words = _DONE if story.changed else _TO_DO
    return ", ".join(f"{count} {words.get(kind, kind)}" for kind, count in story.changes.items()) or "nothing done"


def standing(resources: Iterable[Resource], stack: StackPaths, levels: dict[str, str]) -> str:
    """What stands now: resources by provider, what each AWS one rests on, and the pods."""
    real = [r["type"] for r in resources if r.get("custom") and not r["type"].startswith("pulumi:")]
    providers = Counter(type.split(":")[0] for type in real)
    by_provider = " + ".join(f"{count} {name}" for name, count in providers.most_common())
    parts = [f"{len(real)} resource{'s' * (len(real) != 1)} ({by_provider})" if real else "no resources"]
    proof = Counter(levels[type] for type in real if type in levels)
    if proof:
        parts.append(", ".join(f"{proof[level]} {level}" for level in ("emulated", "validated", "recorded")))
    if pods := _pods(stack):
        parts.append(pods)
    return " · ".join(parts)


def _pods(stack: StackPaths) -> str:
    try:
        pods = pods_summary(stack)
    except Refused as error:
        return f"pods unknown ({error})"
    return f"{pods.total} pods: {pods.scheduled} scheduled, {pods.ready} ready" if pods.total else ""
