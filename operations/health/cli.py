"""`python -m operations health STACK`: every documented check, as a table or as JSON, and an exit code."""

import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from operations.errors import OperationsError
from operations.health import inside, outside, records, rehearsed, telling
from operations.health.cloud import Account
from operations.health.door import Door
from operations.health.resolver import Resolver
from operations.health.stack import Stack, outputs_of, stack_settings
from operations.health.verdicts import Check, Finding, Verdict, judge

WRONG_USE = 2
#: Between two rounds while a platform is still coming up.
_PAUSE_SECONDS = 5.0


def health(
    stack: Annotated[str, typer.Argument(help="the name of a stack: the * of Pulumi.*.yaml")] = "prod",
    outputs: Annotated[
        str | None,
        typer.Option(help="a file with the stack's outputs as JSON (- reads them); otherwise pulumi is asked"),
    ] = None,
    rehearsal: Annotated[bool, typer.Option("--rehearsal", help="ask the rehearsal of the stack")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="findings as JSON on standard output")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="what cannot be reached from here fails as well")] = False,
    within: Annotated[float, typer.Option(help="seconds to go on asking until all is well")] = 0,
    timeout: Annotated[float, typer.Option(help="seconds to wait for one answer")] = 10,
    connect_to: Annotated[
        list[str] | None, typer.Option(help="443=ADDRESS:PORT: where to connect to instead, before names lead there")
    ] = None,
    nameserver: Annotated[str | None, typer.Option(help="ADDRESS[:PORT] to ask for names")] = None,
    authority: Annotated[Path | None, typer.Option(help="certificates to trust instead of this machine's")] = None,
) -> None:
    """Ask an environment that stands what its document's health checks ask; exit code 1 when something is broken."""
    console = Console(stderr=False, highlight=False)
    try:
        if rehearsal:
            standing, checks = rehearsed.checks(stack)
        else:
            standing = Stack(name=stack, settings=stack_settings(stack), outputs=outputs_of(stack, outputs))
            checks = _all(standing, door(connect_to or (), nameserver, authority, timeout), timeout)
    except OperationsError as error:
        Console(stderr=True, highlight=False).print(f"[bold red]error:[/] {escape(str(error))}", soft_wrap=True)
        sys.exit(WRONG_USE)
    findings = patient(checks, within)
    if as_json:
        print(telling.as_json(standing, findings, strict))
    else:
        telling.table(standing, findings, console)
    sys.exit(1 if telling.failed(findings, strict) else 0)


def door(
    connect_to: Iterable[str], nameserver: str | None = None, authority: Path | None = None, timeout: float = 10
) -> Door:
    """As the options of a command describe it."""
    return Door(
        resolver=Resolver(_server(nameserver), timeout),
        instead=dict(_detour(each) for each in connect_to),
        authority=_file(authority),
        timeout_seconds=timeout,
    )


def _all(stack: Stack, door: Door, timeout: float) -> Callable[[], list[Check]]:
    def fresh() -> list[Check]:
        cloud = Account(stack.settings.aws_account_id, timeout)
        return [
            *outside.checks(stack, door),
            *records.checks(stack, door.resolver),
            *inside.checks(stack, cloud, lambda host, port: inside.postgresql_takes_connections(host, port, timeout)),
        ]

    return fresh


def patient(
    checks: Callable[[], list[Check]], within_seconds: float, pause_seconds: float = _PAUSE_SECONDS
) -> list[Finding]:
    """The last round: the first that finds nothing broken, or the one in which patience ended."""
    end = time.monotonic() + within_seconds
    while True:
        findings = judge(checks())
        if time.monotonic() >= end or not any(each.verdict is Verdict.BROKEN for each in findings):
            return findings
        time.sleep(min(pause_seconds, max(0.0, end - time.monotonic())))


def _server(given: str | None) -> tuple[str, int] | None:
    if given is None:
        return None
    address, _, port = given.partition(":")
    return address, _port(port or "53", f"--nameserver {given}")


def _detour(given: str) -> tuple[int, tuple[str, int]]:
    port, _, target = given.partition("=")
    address, _, at = target.rpartition(":")
    if not address:
        raise OperationsError(f"--connect-to {given} names no address", "write it as 443=ADDRESS:PORT")
    return _port(port, f"--connect-to {given}"), (address, _port(at, f"--connect-to {given}"))


def _port(text: str, where: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 1 << 16:
        raise OperationsError(f"{where}: {text!r} is no port", "a port is a number from 1 to 65535")
    return int(text)


def _file(given: Path | None) -> Path | None:
    if given is not None and not given.is_file():
        raise OperationsError(f"there is no file {given}", "--authority wants certificates in PEM")
    return given
