"""A stack's configuration as one validated object. Nothing is asked of the network; all problems are told at once.

Every problem has a stable id (docs/settings.md lists them), the key, the value given, and what is allowed.
"""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

import yaml

import settings_acknowledged
import settings_monitoring
import settings_names
import settings_supplied
from rendering.grafana.settings import SignOn
from settings_reading import Problem, Reader, SettingsError
from systems import availability, environments, registry
from systems.model import Environment, RecoveryLevel, SpecError, Strategy, System
from systems.tree import Change, changed

__all__ = ["Baseline", "Problem", "Settings", "SettingsError", "parse"]

#: AWS regions with three zones or more that need no opting in.
REGIONS = (
    *("us-east-1", "us-east-2", "us-west-2", "ca-central-1", "sa-east-1"),
    *("eu-central-1", "eu-west-1", "eu-west-2", "eu-west-3", "eu-north-1"),
    *("ap-northeast-1", "ap-northeast-2", "ap-south-1", "ap-southeast-1", "ap-southeast-2"),
)
KEYS = (
    *("system", "environment", "awsAccountId", "region", "recoveryRegion", "owner", "domain", "mailServers"),
    *("hostsElsewhere", "externalHosts", "adminCidrs", "images", "candidateImages", "suppliedSecrets"),
    *("suppliedLater", "channels", "backupAccountId"),
    *("imageDigests", "singleSignOn", "runbooks"),
    *("recoveryLevel", "availability", "because", "kubeconfig", "accountBaseline", "lowered"),
    settings_acknowledged.KEY,
)
#: Declared in Pulumi.yaml with an empty default, which means: not given.
_MAY_BE_EMPTY = ("domain", "recoveryLevel", "availability", "kubeconfig", "backupAccountId", "runbooks")
#: Administrators come from offices and gateways; a wider range is a mistake.
_WIDEST_ADMIN_PREFIX = 20
_IMAGE = re.compile(
    r"(?P<name>[a-z0-9][a-z0-9._/:-]*?)(:(?P<tag>[\w][\w.-]{0,127}))?(@(?P<digest>sha256:[0-9a-f]{64}))?"
)
Baseline = ("managed", "external")
#: The image of this project: psql, backups, drills.
_PLATFORM_IMAGE = "platform"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What differs from stack to stack; everything else comes from the platform's spec."""

    system: System
    environment: Environment
    aws_account_id: str
    region: str
    recovery_region: str
    owner: str
    domain: str
    mail_servers: tuple[str, ...]
    """Of whoever runs the organisation's mailboxes: `10 mx.example.org`. None where nobody reads mail at the domain."""
    hosts_elsewhere: Mapping[str, str]
    """Labels of documented hosts that somebody else runs, with the names of those servers."""
    external_hosts: Mapping[str, tuple[str, ...]]
    """Names of external services whose provider no document names, with the hosts the name firewall lets out to."""
    admin_cidrs: tuple[str, ...]
    images: Mapping[str, str]
    candidate_images: Mapping[str, str]
    """Of a release that some users have already; empty between rollouts."""
    image_digests: Mapping[str, str]
    """Of third-party images, where the stack names other content than the project's table."""
    sign_on: SignOn | None
    """Who signs people in to Grafana; None leaves one administrator with a generated password."""
    runbooks: str
    """The address that links of alerts begin with; empty where they name the file in this project."""
    supplied_secrets: Mapping[str, str] = field(repr=False)
    channels: Mapping[str, str] = field(repr=False)
    """Addresses of people and programs, by the document's channels."""
    backup_account_id: str | None
    """An account of its own that takes copies of all backups; None keeps them in the stack's."""
    availability_level: int
    kubeconfig: str | None = field(default=None, repr=False)
    """Of a cluster that is there already; None builds one."""
    account_baseline: str
    """`managed`: this stack sets the account's defaults and audit; `external`: a landing zone does."""


def parse(config: Mapping[str, object]) -> Settings:
    """From a stack's whole configuration, keys as in the stack file; other namespaces are not ours to judge."""
    read = Reader(config, KEYS, _MAY_BE_EMPTY)
    environment = Environment(
        read.choice("environment", tuple(Environment), Environment.PRODUCTION.value, "LL-CFG-005")
    )
    system = _system(read, environment)
    region = read.choice("region", REGIONS, "us-east-1", "LL-CFG-007")
    recovery_region = read.choice("recoveryRegion", REGIONS, "us-west-2", "LL-CFG-008")
    if region == recovery_region:
        read.refuse("LL-CFG-009", "recoveryRegion", recovery_region, f"another region than {region}")
    account = read.text("awsAccountId", None, "LL-CFG-006", re.compile(r"\d{12}"), "twelve digits, in quotes")
    owner = read.text(
        "owner", "platform-engineering", "LL-CFG-010", re.compile(r"[\w .@-]{1,128}"), "a name or address"
    )
    values = {
        "environment": environment,
        "aws_account_id": account,
        "region": region,
        "recovery_region": recovery_region,
        "owner": owner,
        "domain": settings_names.domain(read, system),
        "mail_servers": settings_names.mail_servers(read, system),
        "hosts_elsewhere": settings_names.hosts_elsewhere(read, system),
        "external_hosts": settings_names.external_hosts(read, system),
        "admin_cidrs": _admin_cidrs(read),
        "images": _images(read, system, environment),
        "candidate_images": _candidate_images(read, system, environment),
        "image_digests": settings_monitoring.image_digests(read, environment),
        "sign_on": settings_monitoring.sign_on(read),
        "runbooks": settings_monitoring.runbooks(read),
        "supplied_secrets": settings_supplied.secrets(read, system),
        "channels": settings_supplied.channels(read, system),
        "backup_account_id": _backup_account(read, account),
        "kubeconfig": _kubeconfig(read),
        "account_baseline": read.choice("accountBaseline", Baseline, "managed", "LL-CFG-026"),
    }
    settings_acknowledged.check(read)
    adjusted, level = _adjusted(read, system) if system else (system, 0)
    if read.problems or adjusted is None:
        raise SettingsError(read.problems)
    return Settings(system=adjusted, availability_level=level, **values)  # pyright: ignore[reportArgumentType]


def _system(read: Reader, environment: Environment) -> System | None:
    names = registry.names()
    name = read.choice("system", names, None, "LL-CFG-004")
    return registry.load(name, environment) if name in names else None


def _admin_cidrs(read: Reader) -> tuple[str, ...]:
    """Networks administrators may come from; none is the safest."""
    given = read.listed("adminCidrs", "LL-CFG-012")
    for cidr in given:
        try:
            network = ipaddress.ip_network(cidr)
        except ValueError as error:
            read.refuse("LL-CFG-013", "adminCidrs", cidr, f"a network such as 203.0.113.0/24 ({error})")
            continue
        widest = _WIDEST_ADMIN_PREFIX if network.version == 4 else 48
        if network.prefixlen < widest:
            read.refuse("LL-CFG-014", "adminCidrs", cidr, f"a network of /{widest} or smaller")
    return tuple(given)


def _images(read: Reader, system: System | None, environment: Environment) -> Mapping[str, str]:
    """One reference for every image of the spec, by digest in production: a tag can be moved, a digest cannot."""
    given = _references(read, "images", system, environment)
    if given is not None and system:
        for name in sorted(_images_needed(system) - given.keys()):
            read.refuse("LL-CFG-020", f"images.{name}", None, "a reference for every image of the platform")
    return given or {}


def _images_needed(system: System) -> set[str]:
    """Those of workloads, and this project's own where a job runs in it."""
    own = {_PLATFORM_IMAGE for job in system.application.jobs if job.workload == _PLATFORM_IMAGE}
    return {*own, *(workload.image for workload in system.workloads)}


def _candidate_images(read: Reader, system: System | None, environment: Environment) -> Mapping[str, str]:
    given = _references(read, "candidateImages", system, environment) or {}
    if given and system and system.rollout.strategy is not Strategy.GRADUAL:
        allowed = f"no candidate: releases of {system.name} need maintenance, change images instead"
        read.refuse("LL-CFG-037", "candidateImages", ", ".join(sorted(given)), allowed)
    return given


def _references(read: Reader, key: str, system: System | None, environment: Environment) -> Mapping[str, str] | None:
    """None where it is no mapping at all."""
    good_so_far = len(read.problems)
    given = read.mapping(key, "LL-CFG-015")
    if len(read.problems) > good_so_far:
        return None
    known = {*_images_needed(system), _PLATFORM_IMAGE} if system else set(given)
    for name, reference in given.items():
        matched = _IMAGE.fullmatch(reference)
        if name not in known:
            read.refuse("LL-CFG-016", f"{key}.{name}", reference, f"images of this platform: {_among(known)}")
        elif not matched:
            read.refuse("LL-CFG-017", f"{key}.{name}", reference, "registry/name:tag or registry/name@sha256:<digest>")
        elif environment is Environment.PRODUCTION and not matched["digest"]:
            read.refuse("LL-CFG-018", f"{key}.{name}", reference, "in production a digest: name@sha256:<64 hex digits>")
        elif matched["tag"] in (None, "latest") and not matched["digest"]:
            read.refuse("LL-CFG-019", f"{key}.{name}", reference, "a tag that names one release, or a digest")
    return given


def _backup_account(read: Reader, own: str) -> str | None:
    given = read.text("backupAccountId", "", "LL-CFG-086", re.compile(r"(\d{12})?"), "twelve digits, in quotes")
    if given and given == own:
        read.refuse(
            "LL-CFG-087", "backupAccountId", given, "another account: whoever breaks into one must not be in both"
        )
    return given or None


def _kubeconfig(read: Reader) -> str | None:
    text = read.text("kubeconfig", "", "LL-CFG-024", re.compile(r"[\s\S]*"), "the text of a kubeconfig")
    if not text:
        return None
    try:
        content: object = yaml.safe_load(text)
    except yaml.YAMLError:
        content = None
    if not isinstance(content, dict) or not cast("dict[str, object]", content).get("clusters"):
        read.refuse("LL-CFG-025", "kubeconfig", None, "YAML with at least one entry in clusters", said="not one")
    return text


def _adjusted(read: Reader, system: System) -> tuple[System | None, int]:
    """The spec with this stack's own choices: lowered values, recovery level, availability level."""
    because = read.mapping("because", "LL-CFG-027")
    unused = because.keys() - {"recoveryLevel", "availability"}
    for key in sorted(unused):
        read.refuse("LL-CFG-028", f"because.{key}", because[key], "reasons for: recoveryLevel, availability")
    levels = tuple(RecoveryLevel)
    recovery = read.choice("recoveryLevel", levels, system.objectives.recovery_level.value, "LL-CFG-029")
    wanted = read.whole("availability", availability.level_of(system), tuple(availability.LEVELS), "LL-CFG-030")
    try:
        adjusted = environments.lowered(system, tuple(_lowered(read)))
        adjusted = _at_recovery(read, adjusted, RecoveryLevel(recovery), because.get("recoveryLevel", ""))
        if not read.has("availability"):
            return adjusted, availability.level_of(adjusted)
        if wanted < availability.level_of(adjusted) and not because.get("availability", "").strip():
            read.refuse("LL-CFG-031", "availability", wanted, "a reason in because.availability for going down")
            return None, wanted
        return availability.at_level(adjusted, wanted, because.get("availability", "")), wanted
    except SpecError as error:
        for problem in error.problems:
            read.refuse("LL-CFG-032", "lowered", None, "a platform that keeps its document's promises", said=problem)
        return None, wanted


def _lowered(read: Reader) -> list[environments.Lowered]:
    found: list[environments.Lowered] = []
    for path, given in read.objects("lowered", "LL-CFG-033").items():
        unknown = given.keys() - {"value", "because"}
        reason = given.get("because", "")
        if "value" not in given or unknown:
            read.refuse("LL-CFG-034", f"lowered.{path}", sorted(given), "exactly value and because")
        elif not isinstance(reason, str) or not reason.strip():
            read.refuse("LL-CFG-035", f"lowered.{path}", reason, "a reason in because")
        else:
            found.append(environments.Lowered(path, given["value"], reason))
    return found


def _at_recovery(read: Reader, system: System, wanted: RecoveryLevel, because: str) -> System:
    """Up is free, down needs a reason."""
    now, order = system.objectives.recovery_level, tuple(RecoveryLevel)
    if wanted is now:
        return system
    if order.index(wanted) < order.index(now) and not because.strip():
        read.refuse("LL-CFG-036", "recoveryLevel", wanted.value, "a reason in because.recoveryLevel for going down")
        return system
    return changed(system, [Change("objectives.recovery_level", wanted, because or "chosen for this stack")])


def _among(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "none"
