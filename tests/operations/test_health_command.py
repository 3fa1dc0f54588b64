"""`python -m operations health`: the whole of it as a pipeline runs it, against a platform on loopback."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from operations.cli import app
from operations.health.cli import patient
from operations.health.verdicts import Broken, Check, Verdict
from rehearsal.paths import PROJECT
from tests.live.haproxy.fleet import DOMAIN
from tests.operations.name_server import name_server
from tests.operations.platform import FLAWS, NAME_SERVERS, Platform

pytestmark = pytest.mark.xdist_group("health")


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str


def run(*arguments: str, **variables: str) -> Ended:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PULUMI_"))}
    nobody = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "COLUMNS": "200"}
    done = subprocess.run(
        [sys.executable, "-m", "operations", "health", *arguments],
        cwd=PROJECT,
        env={**inherited, **nobody, "AWS_EC2_METADATA_DISABLED": "true", **variables},
        capture_output=True,
        text=True,
        timeout=300,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Astral Core v2's zone, as documented."""
    hosts = (DOMAIN, *(f"{label}.{DOMAIN}" for label in ("admin", "monitoring", "backup", "assets")))
    zone = {
        (DOMAIN, "NS"): [f"{each}." for each in NAME_SERVERS],
        **{(host, "A"): ["192.0.2.1"] for host in hosts},
        **{(host, "AAAA"): ["2001:db8::1"] for host in hosts},
        (DOMAIN, "MX"): ["0 ."],
        (f"bounce.{DOMAIN}", "MX"): ["10 feedback-smtp.us-east-1.amazonses.com."],
        (f"bounce.{DOMAIN}", "TXT"): ["v=spf1 include:amazonses.com -all"],
        (DOMAIN, "TXT"): ["v=spf1 include:amazonses.com -all"],
        (f"_dmarc.{DOMAIN}", "TXT"): ["v=DMARC1; p=reject; adkim=s"],
        (DOMAIN, "CAA"): ['0 issue "amazon.com"'],
    }
    with name_server(tmp_path_factory.mktemp("names"), {DOMAIN: zone}) as (address, port):
        yield f"{address}:{port}"


def through(platform: Platform, flaw: str, names: str) -> list[str]:
    where = platform.fleet.proxies[FLAWS.index(flaw)].surroundings
    return [
        *("prod", "--outputs", str(platform.outputs), "--authority", str(platform.authority.file)),
        *("--connect-to", f"443=127.0.0.1:{where.https_port}", "--connect-to", f"80=127.0.0.1:{where.http_port}"),
        *("--nameserver", names, "--timeout", "60"),
    ]


def test_a_sound_platform_as_json(platform: Platform, names: str) -> None:
    ended = run(*through(platform, "sound", names), "--json")
    assert ended.code == 0, ended.err + ended.out
    told = json.loads(ended.out)
    assert (told["stack"], told["system"], told["domain"]) == ("prod", "astral-core-v2", DOMAIN)
    assert told["healthy"] is True
    assert told["counts"]["broken"] == 0
    unseen = {each["kind"] for each in told["checks"] if each["verdict"] == "not reachable from here"}
    assert unseen == {"database", "cache", "replicas"}, "without credentials, and outside the network"
    assert all(each["milliseconds"] >= 0 for each in told["checks"])


def test_what_cannot_be_seen_is_yellow_and_fails_only_where_that_is_asked_for(platform: Platform, names: str) -> None:
    ended = run(*through(platform, "sound", names), "--strict")
    assert ended.code == 1
    (database,) = [line for line in ended.out.splitlines() if "astral-test-database.invalid" in line and "?" in line]
    assert "not reachable from here: needs the VPC" in database
    assert "not reachable from here: needs AWS credentials of account 111122223333" in ended.out
    assert "✗" not in ended.out


def test_a_broken_platform_as_a_table(platform: Platform, names: str) -> None:
    ended = run(*through(platform, "careless", names))
    assert ended.code == 1
    rows = [line for line in ended.out.splitlines() if line.startswith("✗")]
    assert {line.split()[1] for line in rows} == {"TLS", "certificate", "redirect", "headers", "988"}
    (headers,) = [line for line in rows if f"https://{DOMAIN}/api/health" in line]
    assert "X-Frame-Options is missing; Referrer-Policy is 'unsafe-url'" in headers
    assert "5 security headers of the spec" in headers
    last = ended.out.splitlines()[-1]
    assert last.startswith(f"prod ({platform.stack.system.full_name}, production, {DOMAIN}): ")
    assert f"{len(rows)} broken" in last


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["no-such-stack"], "there is no stack 'no-such-stack'"),
        (["prod", "--outputs", "/no/such/file"], "there is no file /no/such/file"),
        (["prod", "--outputs", "Makefile"], "Makefile is not JSON"),
        (["prod", "--outputs", "-", "--connect-to", "443"], "--connect-to 443 names no address"),
        (["prod", "--outputs", "-", "--nameserver", "127.0.0.1:dns"], "'dns' is no port"),
        (["prod", "--outputs", "-", "--authority", "/no/such/file"], "--authority wants certificates in PEM"),
    ],
)
def test_wrong_use_says_what_to_do(arguments: list[str], said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROJECT)
    result = CliRunner().invoke(app, ["health", *arguments], input="{}")
    assert result.exit_code == 2
    assert said in result.stderr
    assert "next:" in result.stderr or "wants" in result.stderr


def test_without_pulumi_the_other_ways_are_named(tmp_path: Path) -> None:
    ended = run("prod", PATH=str(tmp_path))
    assert ended.code == 2
    assert "there is no pulumi on PATH" in ended.err
    assert "python -m operations health prod --rehearsal" in ended.err


def test_outputs_are_asked_of_pulumi(tmp_path: Path) -> None:
    asked = tmp_path / "asked"
    (tmp_path / "pulumi").write_text(f'#!/bin/sh\necho "$@" > {asked}\necho "no stack named prod found" >&2\nexit 1\n')
    (tmp_path / "pulumi").chmod(0o755)
    ended = run("prod", PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert ended.code == 2
    assert "pulumi has no outputs of prod: no stack named prod found" in ended.err
    assert asked.read_text().split() == ["stack", "output", "--json", "--non-interactive", "--stack", "prod"]


def test_patience_ends_with_the_first_round_that_finds_nothing_broken() -> None:
    rounds: list[int] = []

    def fresh() -> list[Check]:
        rounds.append(len(rounds))
        return [Check(kind="health", subject="it", wanted="well", ask=lambda: _well_after(len(rounds), 2))]

    assert patient(fresh, within_seconds=600, pause_seconds=0.01)[0].verdict is Verdict.SOUND
    assert len(rounds) == 2
    assert patient(_always(_broken), within_seconds=0, pause_seconds=0.01)[0].verdict is Verdict.BROKEN


def _well_after(round: int, wanted: int) -> str:
    return "well" if round >= wanted else _broken()


def _broken() -> str:
    raise Broken("not yet")


def _always(ask: Callable[[], str]) -> Callable[[], list[Check]]:
    return lambda: [Check(kind="health", subject="it", wanted="well", ask=ask)]
