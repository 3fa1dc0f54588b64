"""The Image resource: what is refused, what identifies it, when it changes, and real builds where a daemon answers."""

import base64
import http.server
import json
import os
import socketserver
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rehearsal.providers.docker.provider import IMAGE, DockerProvider
from rehearsal.providers.provider import Provider, Refused
from rehearsal.providers.wire import UNKNOWN, Secret

NAME = "registry.internal:5000/lifeline/backup:1"
IMAGE_ID = "sha256:" + "1" * 64
PUSHED = "registry.internal:5000/lifeline/backup@sha256:" + "2" * 64


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Relative paths are relative to the project; no Docker daemon is near."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/no.sock")
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "Dockerfile").write_text("FROM docker.io/library/debian:12 AS base\nCOPY run.sh /run.sh\n")
    (tmp_path / "app" / "run.sh").write_text("#!/bin/sh\n")
    return tmp_path


@pytest.fixture
def image(project: Path, life: Callable[[Provider, str], Any]) -> Any:
    return life(DockerProvider(), IMAGE)


def inputs(**more: Any) -> dict[str, Any]:
    return {"imageName": NAME, "build": {"context": "app", **more.pop("build", {})}, **more}


def test_an_image_is_identified_by_what_goes_into_it(image: Any) -> None:
    kept = image.created(**inputs())
    assert kept.id == kept.outputs["imageName"] == kept.outputs["baseImageName"] == NAME
    repository, _, digest = kept.outputs["repoDigest"].partition("@sha256:")
    assert repository == "registry.internal:5000/lifeline/backup"
    assert len(bytes.fromhex(digest)) == 32
    assert kept.outputs["dockerfile"] == "app/Dockerfile"
    assert image.created(**inputs()).outputs == kept.outputs


def test_a_local_image_has_only_an_id(image: Any) -> None:
    assert (
        image.created(imageName="backup", skipPush=True, build={"context": "app"})
        .outputs["repoDigest"]
        .startswith("sha256:")
    )


@pytest.mark.parametrize(
    "changed",
    [{"args": {"VERSION": "2"}}, {"platform": "linux/arm64"}, {"target": "base"}],
)
def test_arguments_platform_and_target_make_another_image(image: Any, changed: dict[str, Any]) -> None:
    platform = {"platform": "linux/amd64"}
    kept = image.created(**inputs(build=platform))
    assert image.created(**inputs(build={**platform, **changed})).outputs["repoDigest"] != kept.outputs["repoDigest"]


def test_a_changed_file_updates_and_an_unchanged_one_does_not(image: Any, project: Path) -> None:
    kept = image.created(**inputs())
    assert image.changes(kept, **inputs()) == []
    assert image.refreshed(kept) == kept
    (project / "app" / "run.sh").write_text("#!/bin/sh\nexit 1\n")
    [change] = image.changes(kept, **inputs())
    assert (change.path, change.replace) == ("build.contextDigest", False)
    updated = image.updated(kept, **inputs())
    assert updated.outputs["repoDigest"] != kept.outputs["repoDigest"]
    assert image.changes(updated, **inputs()) == []


def test_other_credentials_are_no_change_and_another_server_is(image: Any) -> None:
    login = {"server": "registry.internal:5000", "username": "robot", "password": "hunter2"}
    kept = image.created(**inputs(registry=login))
    assert image.changes(kept, **inputs(registry={**login, "password": "other"})) == []
    assert image.changes(kept, **inputs(registry={**login, "server": "elsewhere:5000"})) != []


def test_the_password_is_secret_even_when_given_in_clear(image: Any) -> None:
    given = inputs(registry={"username": "robot", "password": "hunter2"})
    checked, _ = image.provider.check(image.resource(), given, {})
    assert checked["registry"]["password"] == Secret("hunter2")
    assert "hunter2" not in str(image.created(**inputs(registry={"username": "r", "password": "hunter2"})).outputs)


def test_a_preview_leaves_open_what_a_build_decides(image: Any) -> None:
    outputs = image.previewed(**inputs())
    assert outputs["imageName"] == NAME
    assert outputs["repoDigest"] is outputs["baseImageName"] is UNKNOWN
    assert (
        image.previewed(**inputs(buildOnPreview=True))["repoDigest"] == image.created(**inputs()).outputs["repoDigest"]
    )
    assert image.previewed(**{**inputs(buildOnPreview=True), "imageName": UNKNOWN})["repoDigest"] is UNKNOWN
    assert image.previewed(imageName=UNKNOWN, build=UNKNOWN)["context"] is UNKNOWN


@pytest.mark.parametrize(
    ("given", "place", "said"),
    [
        ({"imageName": "backup:1"}, "imageName", "cannot be pushed: name its registry in full"),
        ({"imageName": "docker.io/Lifeline/backup"}, "imageName", "lower case but for the tag"),
        ({"build": {"context": "ap"}}, "build.context", "must be a directory; ap is not"),
        ({"build": {"dockerfile": "Dockerfile"}}, "build.dockerfile", "did you mean app/Dockerfile?"),
        ({"build": {"dockerfile": "other"}}, "build.dockerfile", "there is no file other, seen from"),
        ({"build": {"target": "final"}}, "build.target", "is no stage of app/Dockerfile; it has base"),
        ({"build": {"builderVersion": "BuilderV2"}}, "build.builderVersion", "one of BuilderV1, BuilderBuildKit"),
        ({"build": {"contexts": "app"}}, "build.contexts", "did you mean 'context'?"),
        ({"build": {"args": {"A": 1}}}, 'build.args["A"]', "must be a string, got a number"),
    ],
)
def test_an_image_that_cannot_be_built_is_refused(image: Any, given: Any, place: str, said: str) -> None:
    build = {"build": {"context": "app", **given.pop("build", {})}}
    [(found, reason)] = image.refusals({"imageName": NAME, **build, **given})
    assert found == place
    assert said in reason


def test_everything_wrong_in_a_dockerfile_is_told_with_its_line(image: Any, project: Path) -> None:
    (project / "app" / "Dockerfile").write_text("FROM a\nRUNN x\nCOPY missing.txt /\nCOPY run.sh /\n")
    (project / "app" / ".dockerignore").write_text("*.sh\n")
    assert [reason for _, reason in image.refusals(inputs())] == [
        "app/Dockerfile:2: RUNN is no Dockerfile instruction; did you mean RUN?",
        "app/Dockerfile:3: 'missing.txt' is not in the build context",
        "app/Dockerfile:4: 'run.sh' is left out of the build context by .dockerignore",
    ]


@pytest.mark.parametrize("type", ["container:Container", "remoteImage:RemoteImage", "network:Network", "tag:Tag"])
def test_what_is_not_rehearsed_says_so(life: Callable[[Provider, str], Any], type: str) -> None:
    with pytest.raises(Refused, match=rf"docker:index/{type} is not rehearsed: .* has docker:index/image:Image only"):
        life(DockerProvider(), f"docker:index/{type}").refusals({})


def test_an_image_cannot_be_imported(image: Any) -> None:
    with pytest.raises(Refused, match="cannot be imported"):
        image.imported(NAME)


# -- the real command line against a daemon that answers --------------------------------------------------------------


class Daemon(socketserver.ThreadingUnixStreamServer):
    """Answers what `docker build` and `docker push` ask; remembers it."""

    daemon_threads = True

    def __init__(self, path: Path) -> None:
        super().__init__(str(path), _Answers)
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.build_fails = False


class _Answers(http.server.BaseHTTPRequestHandler):
    server: Daemon
    protocol_version = "HTTP/1.1"

    def address_string(self) -> str:
        return "unix"

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: the answers are what counts."""

    def answer(self, body: object, status: int = 200) -> None:
        content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Api-Version", "1.45")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def do_HEAD(self) -> None:
        self.answer("OK")

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))
        if self.path.endswith("/_ping"):
            self.answer("OK")
        elif "/images/" in self.path:
            self.answer({"Id": IMAGE_ID, "RepoDigests": [PUSHED]})
        else:
            self.answer({"OSType": "linux", "Architecture": "x86_64"})

    def do_POST(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))
        if self.headers.get("Transfer-Encoding") == "chunked":
            while (size := int(self.rfile.readline(), 16)) > 0:
                self.rfile.read(size + 2)
            self.rfile.readline()
        error = self.server.build_fails and "/build" in self.path
        self.answer(
            {"error": "no space left", "errorDetail": {"message": "no space left"}} if error else {"stream": ""}
        )


@pytest.fixture
def daemon(image: Any, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Daemon]:
    path = tmp_path_factory.mktemp("d") / "d.sock"
    with Daemon(path) as server:
        monkeypatch.setenv("DOCKER_HOST", f"unix://{path}")
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join(timeout=60)


def asked(daemon: Daemon, part: str) -> tuple[str, dict[str, str]]:
    return next(request for request in daemon.asked if part in request[0])


def test_an_image_is_built_and_pushed_where_a_daemon_answers(image: Any, daemon: Daemon) -> None:
    login = {"username": "robot", "password": "hunter2"}
    build = {"builderVersion": "BuilderV1", "args": {"TOKEN": "s3cret"}, "platform": "linux/amd64", "target": "base"}
    kept = image.created(**inputs(build=build, registry=login))
    assert kept.outputs["repoDigest"] == PUSHED
    path, _ = asked(daemon, "/build?")
    for expected in ("dockerfile=Dockerfile", "target=base", "platform=linux%2Famd64", "TOKEN", "s3cret"):
        assert expected in path
    _, headers = asked(daemon, "/push")
    sent = json.loads(base64.urlsafe_b64decode(headers["X-Registry-Auth"]))
    assert (sent["username"], sent["password"]) == ("robot", "hunter2")


def test_a_local_image_is_built_and_not_pushed(image: Any, daemon: Daemon) -> None:
    kept = image.created(imageName="backup", skipPush=True, build={"context": "app", "builderVersion": "BuilderV1"})
    assert kept.outputs["repoDigest"] == IMAGE_ID
    assert not any("/push" in path for path, _ in daemon.asked)


@pytest.mark.parametrize(
    "registry",
    ["123456789012.dkr.ecr.eu-central-1.amazonaws.com", "123456789012.dkr-ecr.eu-west-1.on.aws", "public.ecr.aws/x"],
)
def test_nothing_is_pushed_to_the_registry_of_an_emulated_account(image: Any, daemon: Daemon, registry: str) -> None:
    name = f"{registry}/lifeline/backup:1"
    kept = image.created(**{**inputs(build={"builderVersion": "BuilderV1"}), "imageName": name})
    assert kept.outputs["repoDigest"].startswith(name.removesuffix(":1") + "@sha256:")
    assert asked(daemon, "/build?")
    assert not any("/push" in path for path, _ in daemon.asked)


def test_a_failed_build_says_what_docker_said(image: Any, daemon: Daemon) -> None:
    daemon.build_fails = True
    with pytest.raises(Refused, match=r"`docker build` failed:\n(.|\n)*no space left"):
        image.created(**inputs(build={"builderVersion": "BuilderV1"}))


@pytest.mark.parametrize("address", ["unix:///nowhere/docker.sock", "tcp://127.0.0.1:1", "ssh://docker.internal"])
def test_without_a_daemon_nothing_is_asked(image: Any, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("DOCKER_HOST", address)
    monkeypatch.setenv("PATH", os.devnull)
    assert "@sha256:" in image.created(**inputs()).outputs["repoDigest"]
