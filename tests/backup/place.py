"""One platform's place to back up from and to, and its runner as a real process."""

import io
import json
import os
import signal
import subprocess
import sys
import uuid
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import boto3

from rehearsal.paths import PROJECT
from rendering import backup_settings
from rendering.backup_settings import Places
from systems.model import RoleUse, System
from tests.backup.door import Door
from tests.backup.servers import PASSWORD, Live, Neighbours, as_postgres
from tests.rotation.authority import Authority

IMAGE = PROJECT / "images" / "backup"
#: The bytecode of the package under test is written nowhere: another user may run it, too.
NOBODY = {"AWS_ACCESS_KEY_ID": "nobody", "AWS_SECRET_ACCESS_KEY": "nobody", "AWS_DEFAULT_REGION": "us-east-1"}


@dataclass(frozen=True)
class Ended:
    """A run that is over."""

    code: int
    text: str

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines() if line.startswith("{")]

    def event(self, name: str) -> dict[str, Any]:
        found = [each for each in self.events if each["event"] == name]
        assert found, f"no {name!r} in:\n{self.text}"
        return found[-1]

    @property
    def why(self) -> str:
        assert self.code == 1, self.text
        return self.event("failed")["why"]


@dataclass
class Place:
    """Buckets of its own for each test; the servers are shared."""

    system: System
    directory: Path
    live: Live
    s3: str
    door: Door
    neighbours: Neighbours
    authority: Authority
    changes: dict[str, Any] = field(default_factory=dict[str, Any])
    before: dict[str, float] | None = None
    """What the gateway knew before a fault."""
    name: str = field(default_factory=lambda: uuid.uuid4().hex[:12])

    def __post_init__(self) -> None:
        kms = self.client("kms")
        self.key = kms.create_key()["KeyMetadata"]["Arn"]
        self.other_key = kms.create_key()["KeyMetadata"]["Arn"]
        for purpose in ("database", "application", "evidence", "uploads", "copy"):
            bucket = self.bucket(purpose)
            self.client("s3").create_bucket(Bucket=bucket)
            versions = {"Status": "Enabled"}
            self.client("s3").put_bucket_versioning(Bucket=bucket, VersioningConfiguration=versions)
        self.login(RoleUse.BACKUP)

    def bucket(self, purpose: str) -> str:
        return f"{purpose}-{self.name}"

    def client(self, service: str) -> Any:
        """Past the door."""
        names = {"aws_access_key_id": "nobody", "aws_secret_access_key": "nobody", "region_name": "us-east-1"}
        return boto3.client(service, endpoint_url=self.s3, **names)

    def login(self, use: RoleUse) -> None:
        (self.directory / "secrets").mkdir(exist_ok=True)
        (self.directory / "secrets" / "PGUSER").write_text(self.live.role(use))
        (self.directory / "secrets" / "PGPASSWORD").write_text(PASSWORD)

    def settings(self) -> Path:
        """The rendered ones, with loopback's addresses."""
        places = Places(
            buckets={each: self.bucket(each) for each in ("database", "application", "evidence")},
            key_arn=self.key,
            copies={self.bucket("database"): self.bucket("copy")},
            recovery_region="us-east-1",
            uploads_bucket=self.bucket("uploads"),
            database_host="127.0.0.1",
            images={"web": "registry.example/web@sha256:" + 64 * "0"},
            pushgateway=self.neighbours.url,
        )
        text = backup_settings.settings(self.system, places)
        text["database"] |= {"port": self.live.port, "authorities": str(self.authority.authority)}
        text["state"] |= {"api": self.neighbours.url, "token": "/nowhere", "authority": "/nowhere"}
        text["upload_parts"] = [[10_000, 1 / 64, 4]]
        for path, value in self.changes.items():
            section, _, name = path.partition(".")
            text[section] = text[section] | {name: value} if name else value
        file = self.directory / "settings.json"
        file.write_text(json.dumps(text))
        return file

    def variables(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL": self.door.url,
            "AWS_MAX_ATTEMPTS": "3",
            "BACKUP_SETTINGS": str(self.settings()),
            "LIFELINE_SECRETS_DIR": str(self.directory / "secrets"),
            "TMPDIR": "/tmp",
            **NOBODY,
        }

    def start(self, *words: str, **more: Any) -> subprocess.Popen[str]:
        """As a process of its own, for what is done to processes."""
        told = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"}
        command = [sys.executable, "-m", "lifeline_backup", *words]
        pipe = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        return subprocess.Popen(command, cwd=IMAGE, env=told | self.variables(), **{**pipe, **more})

    def run(self, *words: str, **variables: str) -> Ended:
        """The same program in this process: starting one takes longer than most of what it does here."""
        from lifeline_backup import __main__ as program

        said, told = io.StringIO(), self.variables() | variables
        stopping = signal.getsignal(signal.SIGTERM)
        with (
            patch.dict(os.environ, told),
            patch.object(sys, "argv", ["lifeline_backup", *words]),
            redirect_stdout(said),
        ):
            try:
                code = program.main()
            finally:
                signal.signal(signal.SIGTERM, stopping)
        return Ended(code, said.getvalue())

    def serve_drill(self, workspace: Path, port: int) -> subprocess.Popen[bytes]:
        """What `drill-server` becomes, by its own commands: PostgreSQL's user may not enter everybody's Python."""
        from lifeline_backup import settings, throwaway

        self.changes |= {"drill.workspace": str(workspace), "drill.database_port": port}
        told = settings.parse(json.loads(self.settings().read_text()))
        log = self.directory / "drill-server.log"
        made = subprocess.run(throwaway.making(told), capture_output=True, text=True, cwd="/", **as_postgres())
        assert made.returncode == 0, made.stderr
        with log.open("wb") as output:
            return subprocess.Popen(throwaway.running(told), stdout=output, stderr=output, cwd="/", **as_postgres())

    def names(self, purpose: str = "database") -> list[str]:
        found = self.client("s3").list_objects_v2(Bucket=self.bucket(purpose)).get("Contents", [])
        return sorted(each["Key"] for each in found)

    def manifests(self, purpose: str = "database") -> list[dict[str, Any]]:
        """Whole backups only; the copy under `latest` is none."""
        found = [each for each in self.names(purpose) if each.endswith("manifest.json")]
        return [self.read(purpose, each) for each in found]

    def read(self, purpose: str, key: str) -> Any:
        return json.loads(self.client("s3").get_object(Bucket=self.bucket(purpose), Key=key)["Body"].read())

    def unfinished(self, purpose: str = "database") -> int:
        found = self.client("s3").list_multipart_uploads(Bucket=self.bucket(purpose))
        return len(found.get("Uploads", []))

    def backed_up(self, kind: str = "database") -> dict[str, Any]:
        """The manifest of a new backup."""
        purpose = "database" if kind == "database" else "application"
        before = self.manifests(purpose)
        ended = self.run("backup", kind)
        assert ended.code == 0, ended.text
        [made] = [each for each in self.manifests(purpose) if each not in before]
        return made
