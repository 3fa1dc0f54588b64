"""The machine's Docker, where there is one: found by asking its socket, used through its own command line."""

import base64
import http.client
import json
import logging
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from rehearsal.providers.provider import Refused

_PROBE_SECONDS = 1.0
_BUILD_SECONDS = 1800
_TAIL_LINES = 20


@dataclass(frozen=True)
class Build:
    """What the command line is to build."""

    name: str
    context: Path
    dockerfile: Path
    platform: str
    target: str = ""
    network: str = ""
    builder_version: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)
    add_hosts: tuple[str, ...] = ()
    cache_from: tuple[str, ...] = ()


@dataclass(frozen=True)
class Login:
    """Credentials of a registry."""

    server: str
    username: str
    password: str = field(repr=False)


def address() -> str:
    return os.environ.get("DOCKER_HOST") or "unix:///var/run/docker.sock"


def absent() -> str | None:
    """Why nothing can be built here, or None when a daemon answers and the command line is there."""
    where = urlsplit(address())
    try:
        if where.scheme == "unix":
            connection = socket.socket(socket.AF_UNIX)
            connection.settimeout(_PROBE_SECONDS)
            connection.connect(where.path)
        elif where.scheme == "tcp":
            connection = socket.create_connection((where.hostname or "", where.port or 2375), _PROBE_SECONDS)
        else:
            return f"a rehearsal does not ask {where.scheme}:// for a Docker daemon"
        with connection:
            if not _pings(connection):
                return f"what listens at {address()} is no Docker daemon"
    except OSError as error:
        return f"no Docker daemon answers at {address()} ({error.strerror or error})"
    return None if shutil.which("docker") else "a Docker daemon answers, but there is no `docker` program on PATH"


def _pings(connection: socket.socket) -> bool:
    client = http.client.HTTPConnection("docker", timeout=_PROBE_SECONDS)
    client.sock = connection
    try:
        client.request("GET", "/_ping")
        return client.getresponse().status == 200
    except (http.client.HTTPException, OSError):
        return False


def build(build: Build, login: Login | None) -> None:
    command = ["build", "--file", str(build.dockerfile), "--tag", build.name, "--platform", build.platform]
    command += ["--target", build.target] if build.target else []
    command += ["--network", build.network] if build.network else []
    command += [f"--add-host={host}" for host in build.add_hosts]
    command += [f"--cache-from={image}" for image in build.cache_from]
    # Only their names: values would show in the list of processes. The builder takes them from the environment.
    command += [f"--build-arg={name}" for name in build.arguments]
    environment = {**build.arguments, "DOCKER_BUILDKIT": "0" if build.builder_version == "BuilderV1" else "1"}
    with _configuration(login) as configuration:
        _docker([*configuration, *command, str(build.context)], environment)


def push(name: str, login: Login | None) -> str | None:
    """The pushed image as `name@sha256:...`."""
    with _configuration(login) as configuration:
        _docker([*configuration, "push", name])
    digests = json.loads(_docker(["image", "inspect", "--format", "{{json .RepoDigests}}", name]))
    repository = name.rpartition(":")[0] if ":" in name.rpartition("/")[2] else name
    return next((digest for digest in digests or [] if digest.partition("@")[0] == repository), None)


def image_id(name: str) -> str:
    """The image built here, as `sha256:...`."""
    return _docker(["image", "inspect", "--format", "{{.Id}}", name]).strip()


@contextmanager
def _configuration(login: Login | None) -> Iterator[list[str]]:
    """Credentials in a directory of their own, so that the user's stay what they are."""
    if login is None:
        yield []
        return
    with tempfile.TemporaryDirectory(prefix="docker-") as directory:
        token = base64.b64encode(f"{login.username}:{login.password}".encode()).decode()
        file = Path(directory) / "config.json"
        file.touch(mode=0o600)
        file.write_text(json.dumps({"auths": {login.server: {"auth": token}}}))
        yield ["--config", directory]


def _docker(arguments: list[str], environment: Mapping[str, str] | None = None) -> str:
    try:
        done = subprocess.run(
            ["docker", *arguments],
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_BUILD_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Refused(f"`docker {arguments[0]}` did not end within {_BUILD_SECONDS} seconds") from None
    verb = next(word for word in arguments if word in ("build", "push", "image"))
    logging.info("docker %s: exit code %s\n%s", verb, done.returncode, done.stderr)
    if done.returncode != 0:
        tail = "\n".join((done.stdout + done.stderr).strip().splitlines()[-_TAIL_LINES:])
        raise Refused(f"`docker {verb}` failed:\n{tail}")
    return done.stdout
