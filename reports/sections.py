"""The sections of a report, each from one kind of finding; None where there is nothing to say."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from reports import risk
from reports.acknowledgements import Judged
from reports.changes import Change, Changes, Kind
from reports.costs import Costs, table
from reports.downtime import Expected
from reports.effects import Grade
from reports.firewall import Firewall, Opening
from reports.page import Block, Card, Row, Section, Snippet, Table, Text, Tone, code
from reports.risk import Risk
from reports.verdicts import Finding, Verdicts

MARKS = {Kind.CREATE: "+", Kind.UPDATE: "~", Kind.REPLACE: "±", Kind.DELETE: "-", Kind.READ: "<", Kind.IMPORT: "="}
_LOUD = {Kind.DELETE: Tone.WARN, Kind.REPLACE: Tone.WARN}
#: Causes named of one change; the engine's own account has the rest (`make preview DIFF=1`).
_MOST_PROPERTIES = 6


def failures(changes: Changes) -> Section | None:
    if not changes.failures:
        return None
    rows = tuple(Row((code(each.resource), each.text.replace("\n", " ")), Tone.BAD) for each in changes.failures)
    return Section("The preview failed", (Table(("resource", "what the engine says"), rows),), Tone.BAD)


def at_risk(found: Sequence[Risk], judged: Judged, changes: Changes) -> Section | None:
    blocks: list[Block] = [*_cards(found, judged, changes)]
    blocks += [Text(each, Tone.WARN) for each in (*risk.renamed(found, changes), *judged.remarks)]
    if judged.missing:
        blocks.append(Text(f"To allow it, put this into {code(f'Pulumi.{changes.stack}.yaml')}, under config:"))
        blocks.append(Snippet(risk.acknowledged_snippet(judged.missing)))
    tone = Tone.BAD if judged.missing else Tone.WARN
    return Section("Data at risk", tuple(blocks), tone) if blocks else None


def _cards(found: Iterable[Risk], judged: Judged, changes: Changes) -> Iterator[Card]:
    """What differs by nothing but its name has a card in common."""
    alike: dict[tuple[str, tuple[tuple[str, str], ...], Tone], list[Risk]] = defaultdict(list)
    for each in found:
        where = changes.component(each.change.resource)
        alike[f"{each.called} in {code(where)}, would be {each.what}", *_facts(each, judged)].append(each)
    for (rest, facts, tone), risks in alike.items():
        counted = f"{len(risks)} times " if len(risks) > 1 else ""
        yield Card(f"{', '.join(code(each.change.name) for each in risks)}: {counted}{rest}", facts, tone)


def _facts(each: Risk, judged: Judged) -> tuple[tuple[tuple[str, str], ...], Tone]:
    said = judged.covered.get(each.change.key)
    facts = [
        ("because", each.because),
        ("lost" if each.destructive or each.change.kind.destroys else "weakened", each.lost),
    ]
    facts.append(("comes back", each.returns))
    if each.used_by:
        facts.append(("used until now by", ", ".join(map(code, each.used_by))))
    if each.protected:
        facts.append(("protected", "the engine refuses: an earlier update has to take the protection off"))
    if each.destructive:
        facts.append(("acknowledged", f"until {said.until}: {said.because}" if said else "no"))
    return tuple(facts), Tone.WARN if said or not each.destructive else Tone.BAD


def policies(found: Verdicts) -> Section | None:
    if not found.mandatory and not found.advisory:
        return None
    rows = [_finding(each, "mandatory", Tone.BAD) for each in found.mandatory]
    rows += [_finding(each, "advisory", Tone.PLAIN) for each in found.advisory]
    tone = Tone.BAD if found.mandatory else Tone.PLAIN
    return Section("Policies", (Table(("level", "rule", "resource", "finding"), tuple(rows)),), tone)


def _finding(each: Finding, level: str, tone: Tone) -> Row:
    return Row((level, code(each.rule), code(each.resource), each.text.replace("\n", " ")), tone)


def openings(found: Firewall) -> Section | None:
    if not found.opened and not found.closed:
        return None
    rows = [_opening(each, ("closed", "open"), _tone_of_opening(each)) for each in found.opened]
    rows += [_opening(each, ("open", "closed"), Tone.PLAIN) for each in found.closed]
    columns = ("before", "after", "lets", "from", "to", "ports", "rule and reason")
    stays = Text(f"{found.kept} openings stay as they are.")
    return Section("Firewall, before and after", (Table(columns, tuple(rows)), stays), tone_of_openings(found))


def tone_of_openings(found: Firewall) -> Tone:
    return min((_tone_of_opening(each) for each in found.opened), key=_ORDER.index, default=Tone.PLAIN)


def _tone_of_opening(each: Opening) -> Tone:
    """On the way out the name firewall still has its say; on the way in nothing has."""
    return Tone.BAD if each.wide and each.lets == "in" else Tone.WARN


def _opening(each: Opening, states: tuple[str, str], tone: Tone) -> Row:
    wide = f" ({each.wide})" if each.wide else ""
    ways = (f"{each.origin}{wide}", each.target) if each.lets == "in" else (each.origin, f"{each.target}{wide}")
    reason = f": {each.reason}" if each.reason else ""
    where = f" (in {code(each.cluster)})" if each.cluster else ""
    return Row((*states, each.lets, *ways, each.ports, f"{code(each.rule)}{where}{reason}"), tone)


def interruptions(found: Sequence[Expected]) -> Section | None:
    if not found:
        return None
    rows = [
        Row((each.effect.grade.word, some(map(code, each.names), 4), *_noticed(each)), _tone(each)) for each in found
    ]
    columns = ("expected", "because of", "what users notice", "the way back")
    usual = Text("Durations are what AWS and Kubernetes usually take for that kind of change.")
    tone = min((_tone(each) for each in found), key=_ORDER.index)
    return Section("Interruption and the way back", (Table(columns, tuple(rows)), usual), tone)


def _noticed(each: Expected) -> tuple[str, str]:
    return each.effect.noticed, each.effect.rollback


_ORDER = [Tone.BAD, Tone.WARN, Tone.PLAIN, Tone.GOOD]


def _tone(each: Expected) -> Tone:
    return {Grade.OUTAGE: Tone.BAD, Grade.SHORT: Tone.WARN}.get(each.effect.grade, Tone.PLAIN)


def gone(changes: Changes) -> Section | None:
    """Replaced and deleted resources that hold nothing; those that do stand above. Of a stack that goes, all do."""
    if changes.destroying:
        return None
    at_risk = {each.change.resource.urn for each in risk.risks(changes)}
    destroyed = [each for each in changes.changed if each.kind.destroys and each.resource.urn not in at_risk]
    rows = [
        Row((MARKS[kind], type, some(map(code, names), 4), why), _LOUD[kind])
        for (kind, type, why), names in _alike(destroyed, changes).items()
    ]
    if not rows:
        return None
    return Section("Replaced or deleted, without data", (Table(("", "type", "resource", "why"), tuple(rows)),))


def _alike(destroyed: Iterable[Change], changes: Changes) -> dict[tuple[Kind, str, str], list[str]]:
    """Replacements first; what has the same type and reason in one line."""
    found: dict[tuple[Kind, str, str], list[str]] = defaultdict(list)
    for each in sorted(destroyed, key=lambda each: each.kind is Kind.DELETE):
        if each.custom:
            found[each.kind, _type(each), risk.why(each, changes)].append(each.name)
    return found


def bill(found: Costs) -> Section | None:
    if not found.before.costs and not found.after.costs:
        return None
    rows = [Row(each) for each in _bill_lines(found, "kind")]
    rows.append(Row(("**all of it**", *_sums(found.before.total, found.after.total))))
    held = table()
    told = (
        f"List prices of {held['date']}, on demand, {held['regions'][0]}, {held['hours_a_month']} hours a month, "
        "without tax or commitments; machines at the number wanted, before any autoscaling."
    )
    blocks: list[Block] = [
        Table(("class", "before", "after", "difference"), tuple(rows), numbers=(1, 2, 3)),
        *(Text(each, Tone.WARN) for each in found.remarks),
        Text(f"{told} Left out, because it is paid by use: {'; '.join(found.left_out) or 'nothing'}."),
    ]
    if changed := [Row(each) for each in _bill_lines(found, "component") if each[3] != _NO_DIFFERENCE]:
        blocks.insert(1, Table(("component", "before", "after", "difference"), tuple(changed), numbers=(1, 2, 3)))
    return Section("Cost a month (USD)", tuple(blocks), folded=not round(found.difference, 2))


_NO_DIFFERENCE = "±0.00"


def _bill_lines(found: Costs, by: str) -> Iterator[tuple[str, str, str, str]]:
    before, after = found.before.by(by), found.after.by(by)
    for name in sorted({*before, *after}, key=lambda name: -max(before.get(name, 0), after.get(name, 0))):
        yield (name, *_sums(before.get(name, 0), after.get(name, 0)))


def _sums(before: float, after: float) -> tuple[str, str, str]:
    return f"{before:,.2f}", f"{after:,.2f}", _difference(before, after)


def _difference(before: float, after: float) -> str:
    moved = round(after - before, 2)
    return f"{moved:+,.2f}" if moved else _NO_DIFFERENCE


def from_to(before: float, after: float) -> str:
    return f"{before:,.2f} → {after:,.2f} USD ({_difference(before, after)}), without what is paid by use"


def components(changes: Changes) -> Section | None:
    found = changes.by_component()
    if not found:
        return None
    rows: list[Row] = []
    for name, changed in found.items():
        rows += [Row((code(name), *cells), tone) for cells, tone in _component(changed, changes)]
    many = len(rows) > 12
    return Section("Changes by component", (Table(("component", "", "what", "which"), tuple(rows)),), folded=many)


def _component(changed: Iterable[Change], changes: Changes) -> Iterator[tuple[tuple[str, str, str], Tone]]:
    """Created and deleted ones counted by type; changed ones each with its properties."""
    alike: dict[tuple[Kind, str], list[str]] = defaultdict(list)
    for each in changed:
        if each.kind in (Kind.UPDATE, Kind.REPLACE) and each.differences:
            which = f"{code(each.name)}: {_properties(each, changes)}"
            yield (MARKS[each.kind], _type(each), which), _LOUD.get(each.kind, Tone.PLAIN)
        elif each.custom:
            alike[each.kind, _type(each)].append(each.name)
    for (kind, type), names in alike.items():
        counted = f"{len(names)} " if len(names) > 1 else ""
        yield (MARKS.get(kind, "?"), f"{counted}{type}", some(map(code, names), 3)), _LOUD.get(kind, Tone.PLAIN)


def _properties(change: Change, changes: Changes) -> str:
    told: list[str] = []
    for each in change.differences[:_MOST_PROPERTIES]:
        before, after = changes.pair(each)
        told.append(f"{code(each.path)} {code(before)} → {code(after)}")
    more = len(change.differences) - len(told)
    return "; ".join(told) + (f"; {more} more" if more > 0 else "")


def warnings(changes: Changes) -> Section | None:
    if not changes.warnings:
        return None
    rows = tuple(Row((code(each.resource), each.text.replace("\n", " ")), Tone.WARN) for each in changes.warnings)
    return Section("Warnings of the engine", (Table(("resource", "warning"), rows),), folded=True)


def _type(change: Change) -> str:
    """`rds Instance` of `aws:rds/instance:Instance`, `apps/v1 Deployment`, `random RandomPassword`."""
    package, _, rest = change.resource.type.partition(":")
    middle, _, kind = rest.rpartition(":")
    service = {"aws": middle.split("/")[0], "kubernetes": middle, "pulumi": "provider"}.get(package, package)
    return f"{service} {kind}"


def some(names: Iterable[str], most: int) -> str:
    listed = list(names)
    more = f" and {len(listed) - most} more" if len(listed) > most else ""
    return ", ".join(listed[:most]) + more
