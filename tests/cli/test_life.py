"""A stack's life through the command line: up, up again, looked at, down."""

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable

import pytest

pytestmark = [pytest.mark.engine, pytest.mark.cluster]

PROGRAM = """
import pulumi, pulumi_random as random
password = random.RandomPassword("password", length=20)
pulumi.export("answer", 42)
pulumi.export("password", password.result)
"""


def test_up_twice_look_at_it_and_down(rehearsal):
    rehearsal.write(PROGRAM)
    first = rehearsal.run("up")
    assert first.code == 0, first.err
    last = first.err.strip().splitlines()[-1]
    assert re.fullmatch(r"✓ prod is up: 1 resource \(1 random\) · \d+ s", last)
    assert "second witness" in first.err

    second = rehearsal.run("up")
    assert second.code == 0, second.err
    assert "reused" in second.err
    assert "✓ prod is up, no changes: 1 resource" in second.err.strip().splitlines()[-1]

    status = rehearsal.run("status")
    assert status.code == 0
    assert all(name in status.out + status.err for name in ("moto", "etcd", "kube-apiserver", "kwok", "1 random"))

    outputs = rehearsal.run("outputs")
    assert json.loads(outputs.out) == {"answer": 42, "password": "[secret]"}
    assert len(json.loads(rehearsal.run("outputs", "--secrets").out)["password"]) == 20

    assert "kube-apiserver" in rehearsal.run("logs").out + rehearsal.run("logs").err
    assert "2 unchanged" in rehearsal.run("logs", "--name", "engine-up").out

    down = rehearsal.run("down")
    assert down.code == 0, down.err
    assert rehearsal.processes() == []
    assert not (rehearsal.workspace / "stacks" / "prod").exists()
    assert not list(rehearsal.workspace.glob("state/**/prod*"))

    again = rehearsal.run("down")
    assert (again.code, again.err.strip()) == (0, "prod is not up: nothing to take down")
    assert rehearsal.run("status").code == 0
    assert rehearsal.run("outputs").code == 1


def test_after_make_env_the_plain_pulumi_works_on_the_rehearsal(shared_rehearsal):
    here = shared_rehearsal(PROGRAM, "config:\n  lifeline:key: {secure: 'v1:abc:def'}\n")
    assert here.run("up").code == 0
    printed = here.run("env", AWS_PROFILE="production")
    assert printed.code == 0, printed.err
    assert all(re.match(r"(export [A-Z0-9_]+=|unset [A-Z0-9_]+$)", line) for line in printed.out.splitlines())
    assert "unset AWS_PROFILE" in printed.out.splitlines()

    def pulumi(command: str) -> subprocess.CompletedProcess[str]:
        script = f'eval "$PRINTED"; cd {here.project} && pulumi {command}'
        environment = {**os.environ, "PRINTED": printed.out, "AWS_PROFILE": "production"}
        return subprocess.run(["sh", "-c", script], env=environment, capture_output=True, text=True, timeout=120)

    assert pulumi("stack output answer").stdout.strip() == "42"
    preview = pulumi("preview --non-interactive --expect-no-changes")
    assert preview.returncode == 0, preview.stdout + preview.stderr
    assert "2 unchanged" in preview.stdout
    assert len(pulumi("config get lifeline:key").stdout.strip()) == 32
    assert (here.project / "Pulumi.prod.yaml").read_text() == "config:\n  lifeline:key: {secure: 'v1:abc:def'}\n"


def test_a_failing_program_is_told_once_and_fails_the_command(shared_rehearsal):
    ended = shared_rehearsal("raise LookupError('no such thing')").run("up")
    assert ended.code == 1
    assert ended.err.count("LookupError: no such thing") == 1
    assert "is up" not in ended.err


def test_preview_shows_operations_and_changes_nothing(shared_rehearsal):
    here = shared_rehearsal("import pulumi, pulumi_random as random\nrandom.RandomPet('pet')")
    ended = here.run("preview")
    assert ended.code == 0, ended.err
    assert re.search(r"pet +\+ +random RandomPet +pet", ended.out + ended.err)
    assert "Preview of prod" in (here.workspace / "stacks/prod/logs/preview.html").read_text()
    assert "to create" in ended.err.splitlines()[-1]
    differing = here.run("preview", "--diff")
    assert "[urn=urn:pulumi:prod::lifeline::random:index/randomPet:RandomPet::pet]" in differing.out + differing.err


def test_what_the_second_witness_finds_stops_up_before_anything_is_made(shared_rehearsal):
    here = shared_rehearsal(
        """
import pulumi_aws as aws
aws.kms.Key("sound")
aws.rds.Instance("future", identifier="future", engine="postgres", engine_version="15.99",
    instance_class="db.m6i.large", allocated_storage=100, username="owner", password="long-enough-for-anybody",
    skip_final_snapshot=True)
""",
        "config:\n  aws:region: us-east-1\n",
    )
    ended = here.run("up")
    assert ended.code == 1
    assert "✗ second witness 2 AWS resources, findings: 1" in ended.err
    assert "✗ aws:rds/instance:Instance resource 'future': property engineVersion '15.99' is not one" in ended.err
    assert "✓ update" not in ended.err


def test_policy_without_a_pack_says_what_is_missing(shared_rehearsal):
    ended = shared_rehearsal("").run("policy")
    assert ended.code == 1
    assert "there is no policy pack in policies/" in ended.err


def test_ctrl_c_ends_with_130_and_says_how_to_go_on(shared_rehearsal):
    here = shared_rehearsal("import time; time.sleep(60)")
    command = here.start("up")
    assert command.stderr is not None
    while "control plane" not in (line := command.stderr.readline()):
        assert line, "up ended early"
    time.sleep(3)
    command.send_signal(signal.SIGINT)
    _, told = command.communicate(timeout=120)
    assert command.returncode == 130
    assert "interrupted; go on with: make up STACK=prod" in told
    assert "Traceback" not in told


def test_down_after_the_emulators_were_killed(rehearsal):
    rehearsal.write(PROGRAM)
    assert rehearsal.run("up").code == 0
    for pid in rehearsal.processes():
        os.kill(pid, signal.SIGKILL)
    down = rehearsal.run("down")
    assert down.code == 0, down.err
    assert "not all there any more" in down.err
    assert rehearsal.processes() == []


def test_up_after_the_emulated_aws_was_killed_makes_its_things_again(rehearsal):
    rehearsal.write(
        "import pulumi, pulumi_aws as aws, pulumi_random as random\n"
        "p = random.RandomPassword('p', length=20)\n"
        "b = aws.kms.Key('k', description='for a test')\n"
        "pulumi.export('p', p.result)\n",
        "config:\n  aws:region: us-east-1\n",
    )
    assert rehearsal.run("up").code == 0
    password = rehearsal.run("outputs", "--secrets").out
    state = json.loads((rehearsal.workspace / "stacks/prod/processes.json").read_text())
    (moto,) = [pid for pid in _pids(state) if b"moto" in _command(pid)]
    os.kill(moto, signal.SIGKILL)
    again = rehearsal.run("up")
    assert again.code == 0, again.err
    assert "aws lost its state: 1 resource will be made again" in again.err
    assert rehearsal.run("outputs", "--secrets").out == password
    assert rehearsal.run("down").code == 0


def test_two_stacks_stand_side_by_side_and_go_one_by_one(rehearsal):
    rehearsal.write(PROGRAM)
    (rehearsal.project / "Pulumi.staging.yaml").write_text("")
    both = [rehearsal.start("up", stack) for stack in ("prod", "staging")]
    for command in both:
        _, told = command.communicate(timeout=300)
        assert command.returncode == 0, told
    places = [
        json.loads((rehearsal.workspace / "stacks" / s / "endpoints.json").read_text()) for s in ("prod", "staging")
    ]
    assert places[0]["aws"]["url"] != places[1]["aws"]["url"]
    assert places[0]["kubernetes"]["server"] != places[1]["kubernetes"]["server"]
    passwords = [json.loads(rehearsal.run("outputs", s, "--secrets").out)["password"] for s in ("prod", "staging")]
    assert passwords[0] != passwords[1]

    assert rehearsal.run("down", "staging").code == 0
    assert "2 unchanged" in rehearsal.run("preview", "prod").err
    assert rehearsal.run("down", "prod").code == 0
    assert rehearsal.processes() == []


def test_after_the_command_itself_was_killed_the_engine_ends_its_work(rehearsal):
    held, begun = rehearsal.workspace.parent / "held", rehearsal.workspace.parent / "begun"
    rehearsal.write(
        "import asyncio, pathlib, pulumi, pulumi_random as random\n"
        "async def slowly():\n"
        f"    while not pulumi.runtime.is_dry_run() and pathlib.Path({str(held)!r}).exists():\n"
        f"        pathlib.Path({str(begun)!r}).touch()\n"
        "        await asyncio.sleep(0.1)\n"
        "    return 'slow'\n"
        "random.RandomPet('pet', prefix=slowly())\n"
    )
    assert rehearsal.run("up").code == 0
    held.touch()
    command = rehearsal.start("up")
    _until(begun.exists)
    command.kill()
    command.communicate()
    refused = rehearsal.run("up")
    assert refused.code == 1
    assert "another command is at work on this stack: process" in refused.err
    held.unlink()
    _until(lambda: rehearsal.run("up").code == 0)


def _until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + 240
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def _pids(value) -> list[int]:
    if isinstance(value, dict):
        return [pid for key, inner in value.items() for pid in ([inner] if key == "pid" else _pids(inner))]
    return [pid for inner in value for pid in _pids(inner)] if isinstance(value, list) else []


def _command(pid: int) -> bytes:
    with open(f"/proc/{pid}/cmdline", "rb") as file:  # noqa: PTH123
        return file.read()
