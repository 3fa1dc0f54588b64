"""The life of an image on the real engine, on a machine without Docker."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engine_runs import EngineRun
from tests.providers.engine_steps import stays_as_it_is, steps, written_anywhere

PROGRAM = """
    import pulumi, pulumi_docker as docker
    image = docker.Image(
        "backup",
        image_name="registry.internal:5000/lifeline/backup:1",
        build={{"context": "app", "args": {{"VERSION": "{version}"}}, "platform": "linux/amd64"}},
        registry={{"server": "registry.internal:5000", "username": "robot", "password": "{password}"}},
    )
    pulumi.export("image", image.repo_digest)
"""

pytestmark = pytest.mark.engine


@pytest.fixture
def without_docker(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/no.sock")


def run_with_application(engine_run: Callable[..., EngineRun], program: str) -> EngineRun:
    run = engine_run(program)
    (run.directory / "app").mkdir()
    (run.directory / "app" / "Dockerfile").write_text("FROM docker.io/library/debian:12\nCOPY run.sh /run.sh\n")
    (run.directory / "app" / "run.sh").write_text("#!/bin/sh\n")
    return run


def test_an_image_follows_its_context(engine_run: Callable[..., EngineRun], without_docker: None) -> None:
    run = run_with_application(engine_run, PROGRAM.format(version=1, password="hunter2hunter2"))
    assert steps(run.preview()) == {"backup": "create"}
    assert steps(run.up()) == {"backup": "create"}
    first = run.outputs()["image"]
    assert first.startswith("registry.internal:5000/lifeline/backup@sha256:")
    stays_as_it_is(run)

    (run.directory / "app" / "run.sh").write_text("#!/bin/sh\nexit 1\n")
    assert steps(run.up()) == {"backup": "update"}
    second = run.outputs()["image"]
    assert steps(run.write(PROGRAM.format(version=2, password="hunter2hunter2")).up()) == {"backup": "update"}
    assert len({first, second, run.outputs()["image"]}) == 3
    assert steps(run.write(PROGRAM.format(version=2, password="other-password")).up()) == {}

    assert written_anywhere(run, "hunter2hunter2") == []
    run.destroy()
    assert run.resources() == []


def test_a_broken_dockerfile_is_refused_with_its_lines(
    engine_run: Callable[..., EngineRun], without_docker: None
) -> None:
    run = run_with_application(engine_run, PROGRAM.format(version=1, password="x"))
    (run.directory / "app" / "Dockerfile").write_text("FROM a\nRUNN x\nCOPY gone.sh /\n")
    text = run.preview(fails=True).text
    assert "property build.dockerfile: app/Dockerfile:2: RUNN is no Dockerfile instruction; did you mean RUN?" in text
    assert "property build.dockerfile: app/Dockerfile:3: 'gone.sh' is not in the build context" in text


def test_what_is_not_rehearsed_is_refused_before_anything_is_made(engine_run: Callable[..., EngineRun]) -> None:
    run = engine_run(
        """
        import pulumi_docker as docker
        docker.Container("web", image="docker.io/library/nginx:1")
        """
    )
    text = run.preview(fails=True).text
    assert "docker:index/container:Container is not rehearsed" in text
    assert "docker:index/image:Image only" in text
