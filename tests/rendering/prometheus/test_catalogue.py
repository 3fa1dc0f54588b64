"""Rules use nothing that nobody exports, and every alert says who, how urgent, what to do and where that stands."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from rehearsal import paths
from rendering.metrics_catalogue import catalogue, jobs, series
from rendering.metrics_table import Kind
from rendering.prometheus.rule import Group, Recording, rule_file
from rendering.prometheus.rules import alerts, groups, rules
from rendering.prometheus.scrape import Surroundings, scrape_configs
from systems import registry
from systems.model import Severity

RUNBOOKS = paths.PROJECT / "docs" / "runbooks"
SECTIONS = ["Meaning", "Impact", "Diagnosis", "Mitigation"]
SYSTEMS = sorted(registry.names())
#: Words of PromQL that are followed by no parenthesis.
KEYWORDS = {"and", "or", "unless", "on", "by", "bool", "offset", "time", "hour", "le"}
#: Words of health, which no message may hold: names of things here are of machines and duties.
HEALTH_LABELS = {"user", "usename", "patient", "client", "session", "message", "query", "path", "email", "phone"}


def names_in(query: str) -> set[str]:
    """Names of series in a query: what stands outside texts, selectors and lists of labels, and is no function."""
    named = set(re.findall(r'__name__=~"([^"]+)"', query))
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', "", query)
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]", " ", bare)
    bare = re.sub(r"\b(by|on|without|ignoring)\s*\([^)]*\)", " ", bare)
    words = re.findall(r"(?<![\w.:])([a-zA-Z_:][\w:]*)\b(?!\s*\()", bare)
    return {word for word in words if word not in KEYWORDS} | {each for text in named for each in text.split("|")}


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_series_in_a_rule_is_exported_or_recorded(name: str) -> None:
    system = registry.load(name)
    recorded = {each.name for group in groups(system) for each in group.recordings}
    queries = [each.query for group in groups(system) for each in (*group.recordings, *group.alerts)]
    used = {word for query in queries for word in names_in(query)}
    assert used - recorded - series(system).keys() - {"ALERTS"} == set()
    assert {"probe_success", "haproxy_frontend_http_responses_total", "up"} <= used


@pytest.mark.parametrize("name", SYSTEMS)
def test_what_is_recorded_is_used_by_an_alert_or_another_recording(name: str) -> None:
    system = registry.load(name)
    queries = [each.query for group in groups(system) for each in (*group.recordings, *group.alerts)]
    used = {word for query in queries for word in names_in(query)}
    unused = {each.name for group in groups(system) for each in group.recordings} - used
    assert unused == set()


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_job_that_rules_name_is_scraped(name: str) -> None:
    system = registry.load(name)
    around = Surroundings(domain="example.org", region="us-east-1")
    scraped = {str(each["job_name"]) for each in scrape_configs(system, around)}
    watched = {job.name for job in jobs(system)}
    in_rules = {
        job
        for group in groups(system)
        for each in (*group.recordings, *group.alerts)
        for text in re.findall(r'job=~?"([^"]+)"', each.query)
        for job in text.split("|")
    }
    assert watched <= scraped
    assert in_rules <= watched


@pytest.mark.parametrize("name", SYSTEMS)
def test_limits_of_shares_are_bounds_that_the_catalogue_asks_for(name: str) -> None:
    """A share of slow answers is counted at a bucket's bound: the exporter must have that very bucket."""
    system = registry.load(name)
    found = catalogue(system)
    for group in groups(system):
        for each in (*group.recordings, *group.alerts):
            for metric, bound in re.findall(r'(\w+)_bucket\{[^}]*le=~"([^"]+)"', each.query):
                limit = float(bound.replace("(\\\\.0)?", "").replace("\\\\.", "."))
                assert found[metric].kind is Kind.HISTOGRAM
                assert limit in found[metric].limits, f"{metric} has no bucket for {limit}"


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_alert_says_who_how_urgent_and_what(name: str) -> None:
    system = registry.load(name)
    monitoring = system.monitoring
    severity_of = {each.name: each.severity for each in monitoring.priorities}
    for alert in alerts(system):
        assert alert.owner in {role.name for role in monitoring.on_call}, alert.name
        assert alert.summary.startswith(system.full_name), alert.name
        if alert.severity is not Severity.INFO:
            assert severity_of[alert.priority] is alert.severity, f"{alert.name} is {alert.severity} {alert.priority}"


@pytest.mark.parametrize("name", SYSTEMS)
def test_no_message_can_hold_health_data(name: str) -> None:
    """Labels of people, paths and texts never reach a message."""
    for alert in alerts(registry.load(name)):
        text = f"{alert.summary} {alert.description} {alert.action}"
        assert not set(re.findall(r"\$labels\.(\w+)", text)) & HEALTH_LABELS, alert.name


@pytest.mark.parametrize("name", SYSTEMS)
def test_prometheus_accepts_the_rules(name: str, promtool: Path, tmp_path: Path) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text(rules(registry.load(name), "https://runbooks.example"))
    done = subprocess.run(
        [promtool, "check", "rules", "--lint=all", "--lint-fatal", file], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    rendered = yaml.safe_load(file.read_text())
    links = [
        rule["annotations"]["runbook_url"] for group in rendered["groups"] for rule in group["rules"] if "alert" in rule
    ]
    assert links and all(re.fullmatch(r"https://runbooks\.example/\w+\.md", link) for link in links)


def test_alerts_and_runbooks_are_one_to_one() -> None:
    named = {alert.name for name in SYSTEMS for alert in alerts(registry.load(name))}
    written = {file.stem for file in RUNBOOKS.glob("*.md")} - {"README"}
    assert {"without a runbook": named - written, "without an alert": written - named} == {
        "without a runbook": set(),
        "without an alert": set(),
    }


def test_every_runbook_says_what_it_means_whom_it_harms_how_to_look_and_what_to_do() -> None:
    for file in sorted(RUNBOOKS.glob("*.md")):
        text = file.read_text()
        if file.stem != "README":
            assert text.startswith(f"# {file.stem}\n"), file
            assert re.findall(r"^## (.+)$", text, re.MULTILINE) == SECTIONS, file
            for section in SECTIONS:
                body = text.partition(f"## {section}\n")[2].partition("\n## ")[0].strip()
                assert len(body.split()) >= 6, f"{file.name}: {section} says too little"


def test_no_runbook_repeats_what_the_documents_got_wrong() -> None:
    """Commands that destroy, lock writers out or never worked (docs/decisions)."""
    wrong = (
        r"migrate reset",
        r"docker-compose",
        r"\bmean_time\b",
        r"REINDEX DATABASE",
        r"REINDEX (?!INDEX CONCURRENTLY|\()",
        r"systemctl",
        r"vercel ",
        r"/opt/scripts",
    )
    for file in RUNBOOKS.glob("*.md"):
        commands = "\n".join(re.findall(r"```sh\n(.*?)```", file.read_text(), re.DOTALL))
        assert not [each for each in wrong if re.search(each, commands)], file


def test_figures_that_runbooks_ask_for_exist_and_their_queries_are_promql(promtool: Path, tmp_path: Path) -> None:
    known = {"ALERTS"}
    for name in SYSTEMS:
        system = registry.load(name)
        known |= series(system).keys() | {each.name for group in groups(system) for each in group.recordings}
    asked = [
        (file.stem, query)
        for file in sorted(RUNBOOKS.glob("*.md"))
        for query in re.findall(r"ask '([^']+)'", file.read_text())
        if "<" not in query or " < " in query
    ]
    unknown = {
        (page, word)
        for page, query in asked
        for word in names_in(query)
        if word not in known and not any(re.fullmatch(word, each) for each in known)
    }
    assert unknown == set()
    recordings = tuple(Recording(name=f"asked:{number}", query=query) for number, (_, query) in enumerate(asked))
    file = tmp_path / "asked.yaml"
    file.write_text(rule_file([Group("asked", recordings)], "runbooks"))
    done = subprocess.run([promtool, "check", "rules", file], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_commands_of_runbooks_are_shell_and_links_lead_somewhere() -> None:
    for file in sorted(RUNBOOKS.glob("*.md")):
        text = file.read_text()
        for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL):
            filled_in = re.sub(r"<[a-z]+>", "it", block)
            done = subprocess.run(["bash", "-n"], input=filled_in, capture_output=True, text=True)
            assert done.returncode == 0, f"{file.name}: {done.stderr}"
        for link in re.findall(r"\]\((\w+\.md)\)", text):
            assert (RUNBOOKS / link).is_file(), f"{file.name} links to {link}"
