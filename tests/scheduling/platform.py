"""A stack's objects in a cluster of the documented size: the platform's own components, and stand-ins for the others.

Stand-ins have the requests that sizing counts for them, so that nodes are as full as in the whole stack.
"""

from pathlib import Path
from typing import Any

import pulumi_kubernetes as kubernetes
import yaml

import settings
from components.kubernetes import pods, redis_pods, workload_secrets
from components.kubernetes.application import Application, ApplicationArgs
from components.kubernetes.certificates import InternalCertificates, InternalCertificatesArgs
from components.kubernetes.jobs import Jobs, JobsArgs
from components.kubernetes.labels import labels
from components.kubernetes.namespace import Namespaces, NamespacesArgs
from components.kubernetes.surroundings import Shared
from components.kubernetes.switches import Switches, SwitchesArgs
from components.naming import Naming
from systems import sizing
from systems.instance_types import DAEMONS_MIB, DAEMONS_MILLICORES, Room
from systems.model import Strategy
from tests.scheduling import cron_jobs

PROJECT = Path(__file__).parents[2]
_CANDIDATE = "7" * 64


def read(stack: str, *, candidate: bool = False) -> settings.Settings:
    """The committed stack file; with a candidate, both sides of a rollout run."""
    config = yaml.safe_load((PROJECT / f"Pulumi.{stack}.yaml").read_text())["config"]
    found = settings.parse(config)
    if not candidate or found.system.rollout.strategy is not Strategy.GRADUAL:
        return found
    images = {
        name: f"{reference.split('@')[0].split(':')[0]}@sha256:{_CANDIDATE}" for name, reference in found.images.items()
    }
    return settings.parse({**config, "lifeline:candidateImages": images})


def deploy(stack: str, *, candidate: bool = False, stand_ins: bool = True) -> None:
    """What `__main__` makes of a stack inside its cluster."""
    found = read(stack, candidate=candidate)
    system = found.system
    naming = Naming(
        system=system.name, environment=found.environment, account_id=found.aws_account_id, owner=found.owner
    )
    platform = Namespaces("namespaces", NamespacesArgs(system=system), naming)
    names = {"balancer": (), "cache": redis_pods.certificate_names(), "database": ()}
    certificates = InternalCertificates(
        "certificates", InternalCertificatesArgs(namespace=platform.namespace, names=names), naming
    )
    Switches("switches", SwitchesArgs(system=system, namespace=platform.namespace), naming)
    shared = Shared(
        system=system,
        domain=found.domain,
        namespace=platform.namespace,
        guards=platform.guards,
        secret_arns={
            name: _arn(found, naming, name) for name in workload_secrets.filled(system, found.supplied_secrets)
        },
        filled_secrets=workload_secrets.filled(system, found.supplied_secrets),
        authority=certificates.authority_config_map,
    )
    images = found.images
    jobs = Jobs("jobs", JobsArgs(shared=shared, images=images, candidates=found.candidate_images), naming)
    for workload in system.workloads:
        args = ApplicationArgs(
            shared=shared,
            workload=workload,
            image=found.images[workload.image],
            candidate_image=found.candidate_images.get(workload.image),
            after=jobs.before_rollout,
        )
        Application(workload.name, args, naming)
    if stand_ins:
        cron_jobs.make(found, naming, platform, shared)
        _stand_in(found, platform)


def _arn(found: settings.Settings, naming: Naming, secret: str) -> str:
    return f"arn:aws:secretsmanager:{found.region}:{found.aws_account_id}:secret:{naming.path(secret)}-AbCdEf"


def _stand_in(found: settings.Settings, platform: Namespaces) -> None:
    system = found.system
    own = {workload.name for workload in system.workloads}
    watching = {component.name for component in system.monitoring.components}
    for each in sizing.pods(system):
        if each.name not in own:
            namespace = platform.monitoring if each.name in watching else platform.namespace
            _deployment(found, each.name, each.group, each.count, each.room, namespace)
    agents = [
        _container(found, f"daemon-{number}", Room(DAEMONS_MILLICORES // 2, DAEMONS_MIB // 2, 1)) for number in (1, 2)
    ]
    kubernetes.apps.v1.DaemonSet(
        "daemons",
        metadata={"name": "daemons", "namespace": platform.node_agents},
        spec={
            "selector": {"match_labels": labels("daemons")},
            "template": {
                "metadata": {"labels": labels("daemons")},
                "spec": {"containers": agents},
            },
        },
    )


def _deployment(found: settings.Settings, name: str, group: str, count: int, room: Room, namespace: Any) -> None:
    marks = labels(name)
    kubernetes.apps.v1.Deployment(
        f"stand-in-{name}",
        metadata={"name": f"stand-in-{name}", "namespace": namespace},
        spec={
            "replicas": count,
            "selector": {"match_labels": marks},
            "template": {
                "metadata": {"labels": marks},
                "spec": pods.pod(
                    containers=[_container(found, name, room)],
                    hardening=found.system.application.hardening,
                    service_account="default",
                    node_role=group,
                    priority=pods.Priority.SERVING,
                ),
            },
        },
    )


def _container(found: settings.Settings, name: str, room: Room) -> dict[str, Any]:
    size = {"cpu": f"{room.millicores}m", "memory": f"{room.mib}Mi"}
    return {
        "name": name,
        "image": "example.org/stand-in:1",
        "security_context": pods.container_security(found.system.application.hardening),
        "resources": {"requests": size, "limits": size},
    }
