"""The whole program of a stack on Pulumi's mocks: every resource as it was registered, with its parent.

Fast, and enough to see what is registered; that it works is shown by the rehearsal. Ids are `<name>-id`.
"""

import asyncio
import fcntl
import json
import os
import pickle
import runpy
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

import pulumi
import yaml
from pulumi.runtime.mocks import MockCallArgs, MockMonitor, MockResourceArgs, Mocks
from pulumi.runtime.settings import get_root_resource

#: Where the processes of one test run share what they recorded (tests/conftest.py): a stack costs seconds.
SHARED_DIRECTORY = "LIFELINE_TEST_RECORDINGS"
PROJECT = Path(__file__).parents[2]
STACKS = tuple(
    sorted(file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in PROJECT.glob("Pulumi.*.yaml"))
)
STACK = "pulumi:pulumi:Stack"
#: What AWS calls the addresses of its CDN; a prefix list's id when the program asks for it by this name.
CDN_ADDRESSES = "com.amazonaws.global.cloudfront.origin-facing"


@dataclass
class Registered:
    """One resource as the program registered it."""

    type: str
    name: str
    parent: str
    inputs: dict[str, Any]
    provider: str = ""
    protected: bool = False

    @property
    def id(self) -> str:
        return f"{self.name}-id"

    @property
    def arn(self) -> str:
        return f"arn:aws:mock:us-east-1:111122223333:{self.name}"


@dataclass
class Recorder(Mocks):
    """Answers every registration with its inputs, an id and what other resources read of it."""

    resources: list[Registered] = field(default_factory=list[Registered])
    parents: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    protected: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    outputs: dict[str, Any] = field(default_factory=dict[str, Any])
    """Of the program itself."""

    def new_resource(self, args: MockResourceArgs) -> tuple[str, dict[str, Any]]:
        parent = self.parents[args.typ, args.name]
        protected = (args.typ, args.name) in self.protected
        made = Registered(args.typ, args.name, parent, dict(args.inputs), args.provider or "", protected)
        self.resources.append(made)
        return made.id, {**_told(made), "arn": made.arn, **args.inputs}

    def call(self, args: MockCallArgs) -> dict[str, Any]:
        if args.token == "aws:ec2/getManagedPrefixList:getManagedPrefixList":
            return {"id": args.args["name"], "name": args.args["name"]}
        return {}


def _told(made: Registered) -> dict[str, Any]:
    """Outputs that AWS fills in."""
    if "eks/cluster:" in made.type:
        group = {"clusterSecurityGroupId": f"{made.name}-own-group"}
        vpc = {**(made.inputs.get("vpcConfig") or {}), **group}
        return {"certificateAuthority": {"data": "Q0E="}, "endpoint": "https://cluster", "vpcConfig": vpc}
    if "ec2/launchTemplate:" in made.type:
        return {"latestVersion": 1}
    if "ec2/vpcEndpoint:" in made.type:
        return {"prefixListId": made.inputs["serviceName"]}
    if "eks/nodeGroup:" in made.type:
        return {"resources": [{"autoscalingGroups": [{"name": f"eks-{made.name}"}]}]}
    if "acm/certificate:" in made.type:
        hosts = [made.inputs["domainName"], *made.inputs.get("subjectAlternativeNames", [])]
        return {"domainValidationOptions": [_proof(host) for host in hosts]}
    if "rds/instance:" in made.type:
        return {"address": f"{made.inputs.get('identifier', made.name)}.rds.amazonaws.com"}
    if "route53/zone:" in made.type:
        return {"zoneId": made.id, "nameServers": ["ns-1.awsdns-1.org", "ns-2.awsdns-2.net"]}
    if "cloudfront/distribution:" in made.type:
        return {"domainName": f"{made.name}.cloudfront.net", "hostedZoneId": "Z2FDTNDATAQYW2"}
    if "s3/bucket:" in made.type:
        where = made.inputs.get("region", "us-east-1")
        return {"bucketRegionalDomainName": f"{made.inputs['bucket']}.s3.{where}.amazonaws.com"}
    if made.type == "docker:index/image:Image":
        return {"repoDigest": f"{made.inputs['imageName'].rpartition(':')[0]}@sha256:{'d' * 64}"}
    if "sesv2/emailIdentity:" in made.type:
        return {"dkimSigningAttributes": {"tokens": ["one", "two", "three"]}}
    if made.type.startswith(("tls:", "random:")):
        told = ("privateKeyPem", "certRequestPem", "certPem", "result", "hex")
        return dict.fromkeys(told, f"{made.name}-made")
    return {"keyId": made.id} if made.type.startswith("aws:kms/") else {}


def _proof(host: str) -> dict[str, str]:
    """The record by which ACM wants to see that a name is ours."""
    name, value = f"_proof.{host}", "_proof.acm-validations.aws"
    return {
        "domainName": host,
        "resourceRecordName": name,
        "resourceRecordType": "CNAME",
        "resourceRecordValue": value,
    }


class Monitor(MockMonitor):
    """Mocks are not told whose child a resource is and whether it is protected; the monitor is."""

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802
        self.mocks.parents[request.type, request.name] = request.parent
        if request.protect:
            self.mocks.protected.add((request.type, request.name))
        return super().RegisterResource(request)


@cache
def recorded(stack: str) -> tuple[Registered, ...]:
    """Everything the program registers for this stack's file; run once for all processes of a test run."""
    shared = os.environ.get(SHARED_DIRECTORY)
    if shared is None:
        return _run(stack)
    file = Path(shared) / f"{stack}.pickle"
    with Path(shared, f"{stack}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            draft = file.with_suffix(".draft")
            draft.write_bytes(pickle.dumps(_run(stack)))
            draft.replace(file)
    return pickle.loads(file.read_bytes())


def values(stack: str) -> dict[str, str]:
    """Of its file, as the engine hands them to the program."""
    written = yaml.safe_load((PROJECT / f"Pulumi.{stack}.yaml").read_text())["config"]
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in written.items()}


def _run(stack: str) -> tuple[Registered, ...]:
    config = values(stack)
    sys.path.insert(0, str(PROJECT))
    try:
        whole = partial(runpy.run_path, str(PROJECT / "__main__.py"), run_name="__main__")
        return tuple(registrations(whole, stack=stack, config=config))
    finally:
        sys.path.remove(str(PROJECT))


def at_home(stack: str) -> tuple[Registered, ...]:
    """The platform itself, without what stands in its recovery region."""
    return tuple(each for each in recorded(stack) if not each.name.startswith("recovery-region-"))


def registrations(
    program: Callable[[], object], *, stack: str = "test", config: Mapping[str, str] | None = None
) -> list[Registered]:
    """What any program registers: a single component with its arguments, say."""
    recorder = Recorder()
    asyncio.set_event_loop(asyncio.new_event_loop())
    pulumi.runtime.set_mocks(recorder, project="lifeline", stack=stack, preview=False, monitor=Monitor(recorder))
    pulumi.runtime.set_all_config(dict(config or {}))

    def run() -> None:
        root = get_root_resource()
        root.outputs = {}  # the same one all programs of a process have
        program()
        pulumi.Output.from_input(root.outputs).apply(recorder.outputs.update)

    asyncio.get_event_loop().run_until_complete(pulumi.runtime.stack.run_pulumi_func(run))
    return [*recorder.resources, *([Registered(STACK, stack, "", recorder.outputs)] if recorder.outputs else [])]


def of(resources: Iterable[Registered], kind: str, name: str = "") -> list[Registered]:
    """All whose type and name end so."""
    return [each for each in resources if each.type.endswith(kind) and each.name.endswith(name)]


def only(resources: Iterable[Registered], kind: str, name: str = "") -> Registered:
    """The one resource whose type and name end so."""
    found = of(resources, kind, name)
    assert len(found) == 1, f"{kind} {name}: {[each.name for each in found]}"
    return found[0]


def policy_of(resource: Registered) -> dict[str, dict[str, Any]]:
    """Statements of its policy document, by their ids."""
    return {statement["Sid"]: statement for statement in json.loads(resource.inputs["policy"])["Statement"]}


def objects(resources: Iterable[Registered]) -> dict[str, dict[str, dict[str, Any]]]:
    """Of Kubernetes, by kind and name: `objects(made)["StatefulSet"]["haproxy"]`."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for each in resources:
        if each.type.startswith("kubernetes:"):
            found.setdefault(each.type.rpartition(":")[2], {})[each.inputs["metadata"]["name"]] = each.inputs
    return found


def secret_arns(*names: str) -> dict[str, str]:
    """As the secrets of a stack hand them to whoever reads them."""
    return {name: f"arn:aws:secretsmanager:us-east-1:111122223333:secret:{name}" for name in names}
