"""Bad input to the real command: one clear error, exit code 1, and nothing that was created.

What is wrong with the command's own arguments is in test_refusals.py.
"""

import json
import os
import shlex
import shutil
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import boto3
import pytest

from rehearsal import paths
from tests.cli.conftest import LIMIT_SECONDS, Ended, Rehearsal

PROGRAM = "import pulumi_random as random\nrandom.RandomPet('pet')\n"


def _isolated(rehearsal: Rehearsal, *unshared: str, first: str = "", **changes: str) -> Ended:
    """`up` in name spaces of its own, where a network can be missing and a disk small; needs no root."""
    command = [shutil.which("unshare") or "unshare", "--user", "--map-root-user", *unshared]
    script = f"{first}\nexec {shlex.join(rehearsal.command('up'))}"
    done = subprocess.run(
        [*command, shutil.which("sh") or "sh", "-c", script],
        cwd=paths.PROJECT,
        env=rehearsal.environment(**changes),
        capture_output=True,
        text=True,
        timeout=LIMIT_SECONDS,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def _refused(rehearsal: Rehearsal, ended: Ended) -> list[str]:
    """The lines of the error, once nothing is found that was created."""
    assert ended.code == 1, ended.err
    assert "Traceback" not in ended.err
    assert rehearsal.processes() == []
    assert not list(rehearsal.workspace.glob("state/**/prod.json")) or _resources(rehearsal) == []
    lines = ended.err.splitlines()
    (first,) = [number for number, line in enumerate(lines) if line.startswith("error: ")]
    return lines[first:]


def _resources(rehearsal: Rehearsal) -> list[str]:
    """What the engine's state holds beyond the stack itself."""
    states = list(rehearsal.workspace.glob("state/.pulumi/stacks/*/prod.json"))
    latest = [json.loads(state.read_text())["checkpoint"].get("latest") or {} for state in states]
    urns = [resource["urn"] for each in latest for resource in each.get("resources") or []]
    return [urn for urn in urns if "::pulumi:" not in urn]


def test_without_go_and_without_network_the_ways_out_are_told(rehearsal: Rehearsal, tmp_path: Path) -> None:
    rehearsal.write(PROGRAM)
    empty = tmp_path / "path"
    empty.mkdir()
    store = tmp_path / "store"
    told = _refused(rehearsal, _isolated(rehearsal, "--net", PATH=str(empty), LIFELINE_CACHE=str(store)))
    assert told[0] == "error: The rehearsal cannot get pulumi 3.245.0, kubernetes 1.35.4, kwok 0.7.0, etcd 3.6.5"
    for tool in ("pulumi", "kubernetes", "kwok", "etcd"):
        sources = [line for line in told if line.startswith(f"  tried: {tool} from ")]
        assert len(sources) == 3
        assert "from PATH: no " in sources[0]
        assert "from official release: " in sources[1]
        assert sources[2].endswith("from Go modules: Go is not on PATH")
    ways_out = [line for line in told if line.startswith("  next:  ")]
    assert [line.split()[1] for line in ways_out] == ["put", "let", "install"]
    assert not rehearsal.workspace.exists()
    assert [file.name for file in store.rglob("*") if file.is_file() and file.name != "lock"] == []


def test_a_tools_store_that_cannot_be_written_is_told(rehearsal: Rehearsal, tmp_path: Path) -> None:
    rehearsal.write(PROGRAM)
    empty = tmp_path / "path"
    empty.mkdir()
    store = tmp_path / "store"
    store.mkdir()
    read_only = f"{shutil.which('mount')} -t tmpfs -o ro none {store}"
    told = _refused(
        rehearsal, _isolated(rehearsal, "--mount", "--net", first=read_only, PATH=str(empty), LIFELINE_CACHE=str(store))
    )
    assert told[0] == f"error: The tools cannot be kept in {store}: Read-only file system"
    assert "  next:  point LIFELINE_CACHE at a directory that can be written and has 1 GB free" in told
    assert not rehearsal.workspace.exists()


@pytest.mark.cluster
@pytest.mark.engine
@pytest.mark.parametrize("size", ["64k", "20m"])
def test_a_full_disk_is_told_and_no_process_stays(rehearsal: Rehearsal, size: str) -> None:
    rehearsal.write(PROGRAM)
    rehearsal.workspace.mkdir()
    small = f"mount -t tmpfs -o size={size} none {rehearsal.workspace}"
    told = _refused(rehearsal, _isolated(rehearsal, "--mount", first=small))
    assert told[0] in (
        f"error: cannot write under {rehearsal.workspace}/stacks/prod: No space left on device",
        "error: etcd ended right after its start: the disk is full; its last words:",  # which of both notices first
    )
    assert any(line.startswith("  next:  free space") for line in told)
    assert "set LIFELINE_REHEARSAL to a place that has" in "\n".join(told)
    assert len(told) < 15
    assert all(len(line) < 300 for line in told)


@pytest.mark.cluster
@pytest.mark.engine
def test_a_port_that_is_taken_is_told_with_its_holder(rehearsal: Rehearsal) -> None:
    rehearsal.write(PROGRAM)
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        port = held.getsockname()[1]
        told = _refused(rehearsal, rehearsal.run("up", LIFELINE_PORT_MOTO=str(port)))
    assert f"port {port}, pinned for moto" in told[0]
    assert f"taken by process {os.getpid()} (" in told[0]
    assert "by LIFELINE_PORT_MOTO" in told[0]
    assert told[1] == "  next:  end that process, pin another port, or unset the variable: a free port is then chosen"


#: What is wrong -> a line of the program, and what the user is told.
WRONG = {
    "a property that the SDK's class does not have": (
        "aws.s3.Bucket('wrong', bukket='wrong')",
        ["unexpected keyword argument 'bukket'"],
    ),
    "a property that an object inside does not have": (
        "aws.s3.BucketVersioning('wrong', bucket=sound.id, versioning_configuration={'statsu': 'Enabled'})",
        [
            "✗ aws:s3/bucketVersioning:BucketVersioning wrong",
            "versioningConfiguration.statsu: is not a property of",
            "did you mean 'status'?",
            "versioningConfiguration.status: is required but missing",
        ],
    ),
    "a required property that the SDK's class misses": (
        "aws.ec2.Subnet('wrong', cidr_block='10.0.0.0/24')",
        ["Missing required property 'vpc_id'"],
    ),
    "a required property that is empty": (
        "aws.kms.Alias('wrong', name='alias/wrong', target_key_id=pulumi.Output.from_input(None))",
        ["✗ aws:kms/alias:Alias wrong", "targetKeyId: is required but missing"],
    ),
    "a value of the wrong type": (
        "aws.kms.Key('wrong', deletion_window_in_days='a month')",
        ["✗ aws:kms/key:Key wrong", "deletionWindowInDays", "must be an integer, got a string"],
    ),
    "a type that is not rehearsed": (
        "aws.neptune.ClusterParameterGroup('wrong', family='neptune1')",
        [
            "✗ aws:neptune/clusterParameterGroup:ClusterParameterGroup wrong",
            "the rehearsal has no entry for aws:neptune/clusterParameterGroup:ClusterParameterGroup",
            "add one to rehearsal/providers/aws/services/neptune.py",
        ],
    ),
    "a field that Kubernetes does not have": (
        "k8s.core.v1.Pod('wrong', spec={'containers': [{'name': 'a', 'image': 'b', 'imagPullPolicy': 'Always'}]})",
        ["✗ kubernetes:core/v1:Pod wrong", "imagPullPolicy"],
    ),
    "a field that Kubernetes requires": (
        "k8s.apps.v1.Deployment('wrong', spec={'template': {'spec': {'containers': []}}})",
        ["✗ kubernetes:apps/v1:Deployment wrong", "spec.selector"],
    ),
    "a kind that Kubernetes does not have": (
        "k8s.apiextensions.CustomResource('wrong', api_version='apps/v1', kind='Deploymint')",
        ["Deploymint"],
    ),
}


@pytest.mark.cluster
@pytest.mark.engine
@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_resources_are_refused_before_a_sound_one_is_made(
    shared_rehearsal: Callable[[str, str], Rehearsal], wrong: str
) -> None:
    line, expected = WRONG[wrong]
    here = shared_rehearsal(
        "import pulumi, pulumi_aws as aws, pulumi_kubernetes as k8s\n"
        f"sound = aws.s3.Bucket('sound', bucket='sound')\n{line}\n",
        "config:\n  aws:region: us-east-1\n",
    )
    ended = here.run("up")
    assert ended.code == 1, ended.err
    assert [text for text in expected if text not in ended.err] == [], ended.err
    assert "✓ update" not in ended.err
    assert _resources(here) == []
    assert _buckets(here) == []


def _buckets(rehearsal: Rehearsal) -> list[str]:
    """Asked of the emulator itself."""
    endpoints = json.loads((rehearsal.workspace / "stacks" / "prod" / "endpoints.json").read_text())
    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")
    buckets = session.client("s3", endpoint_url=endpoints["aws"]["url"]).list_buckets()["Buckets"]
    return [bucket["Name"] for bucket in buckets]
