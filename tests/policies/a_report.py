"""A run with one finding of every verdict, by rules of its own, with the characters that break careless formats."""

from policies.core.frameworks import Clause, Framework
from policies.core.rule import Binds, Problem, Rule, Severity
from policies.core.verdicts import Finding, Level, Verdict
from policies.reports.answers import Report
from policies.run import Run

NASTY = 'a | b <script>alert("x")</script> `c` & ]]> \x01 é'


def rule(id: str, severity: Severity = Severity.HIGH, binds: Binds = Binds.ALWAYS) -> Rule:
    return Rule(
        id=id,
        title=f"Title of {id}",
        types=("aws:x/y:Y",),
        severity=severity,
        binds=binds,
        why="So that nothing is lost.",
        fix="kept=True",
        link="https://example.org/why",
        predicate=lambda resource, graph: (),
        stack_predicate=None,
        needs=(),
        module="tests",
    )


HOLDS, FAILS, ADVISES = (
    rule("LL-TST-001"),
    rule("LL-TST-002", Severity.CRITICAL),
    rule("LL-TST-003", binds=Binds.ADVICE),
)
OPEN, IDLE, WAIVED, BROKEN = (rule(f"LL-TST-00{number}") for number in (4, 5, 6, 7))
UNSEEN = rule("LL-TST-008")


def urn(name: str) -> str:
    return f"urn:pulumi:prod::shop::aws:x/y:Y::{name}"


def _finding(
    by: Rule, verdict: Verdict, name: str = "thing", level: Level = Level.MANDATORY, reason: str = ""
) -> Finding:
    seen = verdict in (Verdict.FAIL, Verdict.WAIVED)
    problems = (Problem("kept", expected="true", found=NASTY),) if seen else ()
    return Finding(by, urn(name), verdict, level, problems, reason)


FINDINGS = (
    _finding(WAIVED, Verdict.WAIVED, reason="moves next month (ann@example.org, OPS-1, until 2026-12-31)"),
    _finding(HOLDS, Verdict.PASS),
    _finding(FAILS, Verdict.PASS, "good"),
    _finding(FAILS, Verdict.FAIL, NASTY),
    _finding(ADVISES, Verdict.FAIL, level=Level.ADVISORY),
    _finding(OPEN, Verdict.UNKNOWN, reason="kept is not known before the update"),
    _finding(IDLE, Verdict.NOT_APPLICABLE, reason="nothing is kept here"),
    _finding(BROKEN, Verdict.BROKEN, reason="KeyError: 'kept'"),
)
RULES = (HOLDS, FAILS, ADVISES, OPEN, IDLE, WAIVED, BROKEN, UNSEEN)


def _clause(id: str, *rules: Rule, **more: object) -> Clause:
    return Clause(id, f"asks {id}", tuple(each.id for each in rules), **more)  # pyright: ignore[reportArgumentType]


FRAMEWORK = Framework(
    "law",
    "A Law",
    "https://example.org/law",
    (
        _clause("1(a)", HOLDS, asks="required", as_aws_maps=("LL-TST-002",)),
        _clause("1(b)", HOLDS, FAILS),
        _clause("1(c)", OPEN, HOLDS),
        _clause("1(d)", WAIVED, HOLDS),
        _clause("1(e)", IDLE, UNSEEN),
        _clause("1(f)", BROKEN),
        _clause("2", not_evidenced="people do it"),
        _clause("3", HOLDS, not_evidenced="a fact of the account", watched_elsewhere=True),
    ),
)


def report(*, complaints: tuple[str, ...] = (), backwards: bool = False) -> Report:
    findings = tuple(reversed(FINDINGS)) if backwards else FINDINGS
    return Report(Run(findings, complaints, RULES, "prod"), (FRAMEWORK,))
