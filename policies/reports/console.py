"""For people at a terminal: one line a finding, passes only counted, then each framework in one line."""

from collections import Counter
from collections.abc import Iterator

from policies.core.verdicts import Level
from policies.reports.answers import Answer, Report, name_of
from policies.run import message

_COLUMNS = (Answer.HOLDS, Answer.EXCEPTED, Answer.FAILED, Answer.OPEN, Answer.IDLE, Answer.NOT_EVIDENCED)
_HEADINGS = ("holds", "waived", "fails", "open", "idle", "not evidenced")


def text(report: Report) -> str:
    return "".join(f"{line}\n" for line in (*_findings(report),)) + summary(report)


def _findings(report: Report) -> Iterator[str]:
    yield from (f"mandatory  {complaint}" for complaint in report.run.complaints)
    for level in Level:
        for finding in report.run.told(level):
            yield f"{level:9}  {name_of(finding)}: {message(finding)}"


def summary(report: Report) -> str:
    counts = ", ".join(f"{count} {verdict}" for verdict, count in sorted(report.counts.items()))
    lines = [f"{len(report.rules)} rules: {counts or 'nothing to judge'}"]
    if report.frameworks:
        lines += ["", *_table(report), "", "(clauses; idle: nothing in this stack that the rules are about)"]
    return "\n".join(lines) + "\n"


def _table(report: Report) -> Iterator[str]:
    wide = max(len(framework.title) for framework in report.frameworks)
    yield f"{'framework':{wide}}" + "".join(f"  {heading:>{len(heading)}}" for heading in _HEADINGS)
    for framework in report.frameworks:
        counts = Counter(answered.answer for answered in report.answered(framework))
        cells = "".join(
            f"  {counts[answer]:{len(heading)}}" for answer, heading in zip(_COLUMNS, _HEADINGS, strict=True)
        )
        yield f"{framework.title:{wide}}{cells}"
