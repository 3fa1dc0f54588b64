"""Commands of programs that need an environment, held against what those programs really understand.

Each function returns what is wrong with the words of a command; nothing when it would be understood.
"""

import os
import re
import subprocess
from functools import cache
from pathlib import Path

import botocore.session
from botocore import xform_name
from botocore.exceptions import UnknownServiceError

from components.kubernetes.labels import HOST, LANE, NODE_ROLE, PROGRAM, SIDE, WORKLOAD, ZONE
from rendering.metrics_catalogue import series
from rendering.prometheus.rules import groups
from rendering.variants import variants
from systems import registry
from systems.model import System
from tests.components.recording import Registered, recorded
from tests.rendering.prometheus.test_catalogue import names_in

Words = tuple[str, ...]
#: Global options of the AWS command line, and of its subcommands that are no operation of a service.
_AWS_OPTIONS = {"--query", "--output", "--region", "--profile", "--max-items"}
_AWS_OWN = {("rds", "generate-db-auth-token"): {"--hostname", "--port", "--username", "--region"}}
_KINDS = {
    "pods": "Pod",
    "pod": "Pod",
    "deployments": "Deployment",
    "deployment": "Deployment",
    "jobs": "Job",
    "job": "Job",
    "cronjobs": "CronJob",
    "configmap": "ConfigMap",
    "networkpolicies": "NetworkPolicy",
    "hpa": "HorizontalPodAutoscaler",
    "pvc": "PersistentVolumeClaim",
    "nodes": "Node",
    "node": "Node",
    "events": "Event",
    "statefulsets": "StatefulSet",
    "statefulset": "StatefulSet",
    "secrets": "Secret",
    "namespaces": "Namespace",
}
_VERBS = {"get", "describe", "logs", "exec", "rollout", "top", "port-forward", "patch", "label", "delete", "scale"}
_VERBS |= {"create", "cordon", "uncordon", "drain", "apply", "annotate", "wait"}
_ON_PODS_OR_NODES = {WORKLOAD, SIDE, LANE, PROGRAM, "app", NODE_ROLE, ZONE, HOST}
#: What stands for a name that only the reader knows: `$VARIABLE` or `<placeholder>`.
_UNKNOWN = re.compile(r"\$|[A-Z][A-Z-]+(\.\*)?$")


def aws(words: Words) -> list[str]:
    """By the service models that the command line itself is made from."""
    service, operation, *rest = words[1:]
    options = {word.partition("=")[0] for word in rest if word.startswith("--")} - _AWS_OPTIONS
    if service == "s3":  # file commands of the command line's own, which no service model describes
        return [] if operation in ("cp", "ls", "mv", "rm", "sync") else [f"aws s3 has no {operation}"]
    if own := _AWS_OWN.get((service, operation)):
        return [f"aws {service} {operation} has no {each}" for each in sorted(options - own)]
    try:
        model = botocore.session.get_session().get_service_model({"s3api": "s3"}.get(service, service))
    except UnknownServiceError:
        return [f"aws has no service {service}"]
    by_name = {xform_name(name, "-"): name for name in model.operation_names}
    if operation not in by_name:
        return [f"aws {service} has no {operation}"]
    shape = model.operation_model(by_name[operation]).input_shape
    members = shape.members if shape else {}
    known = {f"--{xform_name(name, '-')}" for name in members}
    known |= {f"--no-{xform_name(name, '-')}" for name, each in members.items() if each.type_name == "boolean"}
    wrong = [f"aws {service} {operation} has no {each}" for each in sorted(options - known)]
    required = {f"--{xform_name(name, '-')}" for name in (shape.required_members if shape else ())}
    return wrong + [f"aws {service} {operation} wants {each}" for each in sorted(required - options)]


@cache
def _objects() -> dict[str, list[Registered]]:
    """Kubernetes objects of the flagship, by kind: what is around the applications is the same on every platform."""
    found: dict[str, list[Registered]] = {}
    for each in recorded("prod"):
        if each.type.startswith("kubernetes:"):
            found.setdefault(each.type.rpartition(":")[2], []).append(each)
    return found


@cache
def _names(kind: str) -> set[str]:
    """With the applications and jobs of all platforms, as their specs name them."""
    of_specs = {
        "Deployment": {
            form.name for system in _systems() for work in system.workloads for form in variants(system, work)
        },
        "CronJob": {job.name for system in _systems() for job in system.application.jobs},
    }
    return {_metadata(each).get("name", "") for each in _objects().get(kind, [])} | of_specs.get(kind, set())


def _metadata(each: Registered) -> dict[str, str]:
    return each.inputs.get("metadata") or {}


@cache
def _label_values() -> dict[str, set[str]]:
    """Of pods, by label."""
    values: dict[str, set[str]] = {}
    for kind in ("Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job"):
        for each in _objects().get(kind, []):
            spec = each.inputs["spec"]
            spec = spec.get("jobTemplate", {}).get("spec", spec)
            for label, value in (spec["template"]["metadata"].get("labels") or {}).items():
                values.setdefault(label, set()).add(value)
    workloads = [work for system in _systems() for work in system.workloads]
    values["app"] |= {work.object_name for work in workloads}
    values[WORKLOAD] |= {work.name for work in workloads}
    return values


def kubectl(words: Words) -> list[str]:
    """By the objects that the program registers over all stacks: namespaces, names, labels."""
    options, rest = _parted(words[1:])
    wrong: list[str] = []
    namespace = options.get("-n", "")
    if namespace and not _UNKNOWN.match(namespace) and namespace not in _names("Namespace"):
        wrong.append(f"there is no namespace {namespace}")
    for wanted in filter(None, options.get("-l", "").split(",")):
        label, _, value = wanted.partition("=")
        known = _label_values().get(label, set())
        if value not in known and not _UNKNOWN.match(value):
            wrong.append(f"no pod has {wanted}; {label} is one of {', '.join(sorted(known)) or 'nothing'}")
    wrong += [f"nothing has a label {each}" for each in options.get("-L", "").split(",") if each and not _label(each)]
    if not rest or rest[0] not in _VERBS:
        return [*wrong, f"kubectl has no {rest[0] if rest else 'empty command'}"]
    if rest[0] == "create":
        source = next((each.partition("/")[2] for each in options if each.startswith("--from=cronjob/")), "$")
        known = _names("CronJob")
        return wrong if source in known or _UNKNOWN.match(source) else [*wrong, f"there is no cronjob {source}"]
    return wrong + _object(rest)


def _label(name: str) -> bool:
    return name in _ON_PODS_OR_NODES or name in _label_values()


def _object(rest: list[str]) -> list[str]:
    """Kinds and names after the verb."""
    verb, *rest = rest
    if verb in ("rollout", "top"):
        rest = rest[1:]
    if not rest or _UNKNOWN.match(rest[0]):
        return []
    kinds, _, name = rest[0].partition("/")
    if verb in ("logs", "exec", "port-forward") and not name:
        set_name, _, number = kinds.rpartition("-")
        known = _names("StatefulSet")
        return (
            [] if number.isdigit() and set_name in known else [f"there is no pod {kinds} of {', '.join(sorted(known))}"]
        )
    unknown = [f"kubectl knows no kind {each}" for each in kinds.split(",") if each not in _KINDS]
    name = name or (rest[1] if len(rest) > 1 and verb in ("get", "describe", "patch", "label", "rollout") else "")
    if unknown or not name or _UNKNOWN.match(name) or "=" in name:
        return unknown
    known = _names(_KINDS[kinds])
    made_by_hand = name.endswith("-by-hand")  # by the line before, which names what it is made from
    return (
        [] if name in known or made_by_hand else [f"there is no {kinds} {name}; there are {', '.join(sorted(known))}"]
    )


def _parted(words: Words) -> tuple[dict[str, str], list[str]]:
    """Options with their values, and the rest, as far as `--`."""
    options: dict[str, str] = {}
    rest: list[str] = []
    waiting = ""
    for word in words:
        if word == "--":
            break
        if waiting:
            options[waiting], waiting = word, ""
        elif word in ("-n", "-l", "-L", "-o", "-c", "--context", "--type", "-p", "--sort-by", "--field-selector"):
            waiting = word
        elif word.startswith("-"):
            options[word] = ""
        else:
            rest.append(word)
    return options, rest


@cache
def _series() -> set[str]:
    systems = [registry.load(name) for name in registry.names()]
    recordings = {each.name for system in systems for group in groups(system) for each in group.recordings}
    return recordings.union(*(series(system) for system in systems)) | {"ALERTS"}


def ask(words: Words) -> list[str]:
    """Figures that somebody exports or records; whether the query can be read is promtool's to say."""
    named = names_in(words[1]) if len(words) > 1 else set()
    unknown = {each for each in named if not any(re.fullmatch(each, known) for known in _series())}
    return [f"nobody exports {each}" for each in sorted(unknown) if not _UNKNOWN.match(each)]


def curl(words: Words) -> list[str]:
    """Paths that a document names."""
    paths = {check.path for system in _systems() for work in system.workloads for check in work.health}
    paths |= {each.path for system in _systems() for each in system.monitoring.json_endpoints}
    paths |= {system.crisis.page_path for system in _systems() if system.crisis}
    asked = [re.sub(r"^https://[^/]*\$?DOMAIN", "", word) for word in words[1:] if word.startswith("https://")]
    return [f"no document names {each}" for each in asked if each.partition("?")[0] not in paths | {"", "/"}]


@cache
def _systems() -> list[System]:
    return [registry.load(name) for name in registry.names()]


@cache
def _help(program: Path, *subcommands: str) -> str:
    everything = {**os.environ, "PULUMI_DEBUG_COMMANDS": "true"}  # without it the engine hides --event-log
    asked = subprocess.run(
        [str(program), *subcommands, "--help"], env=everything, capture_output=True, text=True, timeout=120
    )
    return "" if asked.returncode else asked.stdout + asked.stderr


def _is_subcommand(program: Path, before: list[str], word: str) -> bool:
    """Listed, or an alias: then it has a help of its own."""
    told = _help(program, *before)
    if not re.fullmatch(r"[a-z][a-z-]*", word) or not re.search(
        r"^(Available )?Commands:|^  pulumi", told, re.MULTILINE
    ):
        return False
    return bool(re.search(rf"^ {{2,}}{word}(?![\w-])", told, re.MULTILINE)) or _help(program, *before, word) not in (
        told,
        "",
    )


def by_help(program: Path, words: Words) -> list[str]:
    """By what the real program says of itself: subcommands first, then options."""
    rest, subcommands = list(words[1:]), []
    while rest and rest[0].startswith("-"):  # options before the subcommand, with their values
        rest = rest[2:]
    while rest and _is_subcommand(program, subcommands, rest[0]):
        subcommands.append(rest.pop(0))
    if not subcommands:
        return [f"{program.name} has no {' '.join(words[1:2])}"]
    told = _help(program, *subcommands)
    options = {word.partition("=")[0] for word in rest if word.startswith("--")}
    return [
        f"{program.name} {' '.join(subcommands)} has no {each}"
        for each in sorted(options)
        if not re.search(rf"(?<![\w-]){re.escape(each)}\b", told)
    ]
