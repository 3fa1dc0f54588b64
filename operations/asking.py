"""With what gates are asked: at the door, and with whatever else the environment names."""

import datetime
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, cast

import boto3  # pyright: ignore[reportMissingTypeStubs]
import typer
from rich.console import Console
from rich.table import Table

from operations.gates import Answer, Ways
from operations.health.cli import door as door_to

ConnectTo = Annotated[str | None, typer.Option(help="443=ADDRESS:PORT: where to connect to instead of the public door")]
Authority = Annotated[Path | None, typer.Option(help="certificates to trust instead of this machine's")]
Strict = Annotated[bool, typer.Option("--strict", help="what cannot be asked from here stops as well")]


def ways(connect_to: str | None, authority: Path | None) -> Ways:
    application = os.environ.get("LIFELINE_APPLICATION")
    bucket = os.environ.get("LIFELINE_BACKUP_BUCKET")
    return Ways(
        door=door_to([connect_to] if connect_to else [], authority=authority),
        prometheus=os.environ.get("LIFELINE_PROMETHEUS") or None,
        application=Path(application) if application else None,
        newest_backup=(lambda: _newest(bucket)) if bucket else None,
    )


def show(answers: Iterable[Answer]) -> None:
    table = Table("gate", "verdict", "why")
    for answer in answers:
        table.add_row(answer.gate.name, answer.verdict.value, answer.why)
    Console(highlight=False).print(table, markup=False)


def _newest(bucket: str) -> datetime.datetime | None:
    s3 = cast("Any", boto3.Session()).client("s3")
    pages = cast("Iterable[dict[str, Any]]", s3.get_paginator("list_objects_v2").paginate(Bucket=bucket))
    return max((entry["LastModified"] for page in pages for entry in page.get("Contents", ())), default=None)
