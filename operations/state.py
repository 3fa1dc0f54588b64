"""`python -m operations state ...`: make the place where a stack's state lives, check it, and get a lost state back."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, cast

import boto3  # pyright: ignore[reportMissingTypeStubs]
import typer
import yaml
from botocore.exceptions import BotoCoreError, ClientError  # pyright: ignore[reportMissingTypeStubs]
from rich.console import Console
from rich.table import Table

from operations.errors import OperationsError
from operations.state_store import Place, aspects
from operations.state_versions import StateVersions

_PROJECT = Path(__file__).resolve().parents[1]
_REGION = "us-east-1"

app = typer.Typer(
    name="state", help="The place where states live, and the way back to a lost one.", no_args_is_help=True
)
Stack = Annotated[str, typer.Argument(help="the name of a stack: the * of Pulumi.*.yaml")]
Project = Annotated[str, typer.Option(help="the project whose state it is")]


def register(parent: typer.Typer) -> None:
    parent.add_typer(app)


@app.command()
def create(stack: Stack) -> None:
    """Make the bucket and the keys, or mend what differs; run again, it changes nothing."""
    _told(lambda out: _create(stack, out))


@app.command()
def backend(stack: Stack) -> None:
    """Print what `pulumi login`, or PULUMI_BACKEND_URL, is given."""
    _told(lambda _out: print(place_of(stack).backend) or 0)


@app.command()
def check(stack: Stack) -> None:
    """Say what of the bucket and the keys is not as it should be; 1 when anything is."""
    _told(lambda out: _check(stack, out))


@app.command()
def versions(stack: Stack, project: Project = "lifeline") -> None:
    """List the versions of a stack's state, and which are whole."""
    _told(lambda out: _versions(stack, project, out))


@app.command()
def restore(
    stack: Stack,
    project: Project = "lifeline",
    version: Annotated[
        str | None, typer.Option(help="as `versions` lists it; without it, the newest whole one")
    ] = None,
) -> None:
    """Put a whole version of a lost or damaged state back in its place."""
    _told(lambda out: _restore(stack, project, version, out))


def place_of(stack: str, directory: Path = _PROJECT) -> Place:
    """Account and region from the stack's own file."""
    file = directory / f"Pulumi.{stack}.yaml"
    if not file.exists():
        there = ", ".join(
            sorted(f.name.removeprefix("Pulumi.").removesuffix(".yaml") for f in directory.glob("Pulumi.*.yaml"))
        )
        raise OperationsError(f"there is no stack {stack!r} ({file.name} does not exist)", f"choose one of: {there}")
    content = cast("dict[str, dict[str, Any]]", yaml.safe_load(file.read_text()) or {})
    config = content.get("config") or {}
    account = str(config.get("lifeline:awsAccountId", ""))
    if not re.fullmatch(r"\d{12}", account):
        raise OperationsError(
            f"{file.name}: lifeline:awsAccountId is {account!r}, not twelve digits",
            "write the account's number into it",
        )
    return Place(account_id=account, region=config.get("lifeline:region", _REGION))


def _create(stack: str, out: Console) -> int:
    place = _place_we_are_in(stack)
    counts = {"made": 0, "stood": 0}
    for aspect in aspects(place, _client(place)):
        if aspect.holds():
            counts["stood"] += 1
            continue
        aspect.write()
        counts["made"] += 1
        out.print(f"+ {aspect.name}", markup=False, highlight=False)
    left = [aspect.name for aspect in aspects(place, _client(place)) if not aspect.holds()]
    if left:
        raise OperationsError(f"set, and yet not so: {', '.join(left)}", "see who may change it, then run it again")
    out.print(f"✓ the state of {stack} has its place: {counts['made']} set, {counts['stood']} stood", markup=False)
    out.print(f"  pulumi login '{place.backend}'", markup=False, soft_wrap=True)
    out.print(
        f"  pulumi stack init {stack} --secrets-provider='{place.secrets_provider}'", markup=False, soft_wrap=True
    )
    return 0


def _check(stack: str, out: Console) -> int:
    place = _place_we_are_in(stack)
    every = list(aspects(place, _client(place)))
    wrong = [aspect.name for aspect in every if not aspect.holds()]
    for name in wrong:
        out.print(f"✗ {name}", markup=False, highlight=False)
    out.print(f"{len(every) - len(wrong)} of {len(every)} are as they should be", markup=False, highlight=False)
    if wrong:
        out.print(f"  next: make bootstrap STACK={stack}", markup=False)
    return 1 if wrong else 0


def _versions(stack: str, project: str, out: Console) -> int:
    place = place_of(stack)
    kept = StateVersions(_client(place)("s3"), place.bucket, project, stack)
    table = Table("version", "written (UTC)", "resources", "state")
    table.columns[0].overflow = "fold"
    for version in kept.all():
        now = "current, " if version.current else ""
        told = f"{now}{version.damage or 'whole'}"
        table.add_row(version.id, f"{version.written:%Y-%m-%d %H:%M:%S}", str(version.resources), told)
    out.print(table)
    if kept.deleted():
        out.print(f"the state was deleted; next: python -m operations state restore {stack}", markup=False)
    return 0


def _restore(stack: str, project: str, id: str | None, out: Console) -> int:
    place = _place_we_are_in(stack)
    kept = StateVersions(_client(place)("s3"), place.bucket, project, stack)
    version = kept.choose(id)
    kept.put_back(version)
    when = f"{version.written:%Y-%m-%d %H:%M:%S} UTC"
    out.print(f"✓ the state of {stack} is that of {when} again: {version.resources} resources", markup=False)
    out.print("  it may be older than the account; let the engine look before anything is changed:", markup=False)
    out.print(f"  pulumi refresh --clear-pending-creates --stack {stack}", markup=False)
    out.print(f"  pulumi preview --stack {stack}", markup=False)
    return 0


def _place_we_are_in(stack: str) -> Place:
    """The stack's account, once it is known that the credentials are that account's."""
    place = place_of(stack)
    mine = _client(place)("sts").get_caller_identity()["Account"]
    if mine != place.account_id:
        raise OperationsError(
            f"these credentials are of account {mine}, and {stack} belongs to {place.account_id}",
            f"take on a role of account {place.account_id}, then run the same command again",
        )
    return place


def _client(place: Place) -> Callable[[str], Any]:
    session = boto3.Session(region_name=place.region)

    def client(service: str) -> Any:
        return cast("Any", session).client(service)

    return client


def _told(command: Callable[[Console], int]) -> None:
    try:
        code = command(Console())
    except OperationsError as error:
        _complain(str(error))
        code = 1
    except (ClientError, BotoCoreError) as error:
        _complain(f"AWS says: {error}\n  next: see whose credentials these are: aws sts get-caller-identity")
        code = 1
    raise typer.Exit(code)


def _complain(problem: str) -> None:
    typer.echo(f"error: {problem}", err=True)


if __name__ == "__main__":
    app()
