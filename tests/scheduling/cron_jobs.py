"""Everything that runs by the clock: made as the program makes it, and then started at once, as a person would."""

import time
from typing import Any

from components.aws import secret_values
from components.kubernetes import cache_rotation
from components.kubernetes.backup_jobs import BackupJobs, BackupJobsArgs
from components.kubernetes.cache_rotation import CacheRotation, CacheRotationArgs
from components.kubernetes.database_roles import DatabaseRoles, DatabaseRolesArgs
from components.kubernetes.namespace import Namespaces
from components.kubernetes.surroundings import Shared
from components.naming import Naming
from rehearsal.providers.kubernetes.client import Client
from settings import Settings

_IMAGE = f"example.org/platform@sha256:{'1' * 64}"
_PATIENCE_SECONDS = 240.0
_NAMESPACE = "/apis/batch/v1/namespaces/platform"


def make(found: Settings, naming: Naming, platform: Namespaces, shared: Shared) -> None:
    system = found.system
    names = [each.name for each in secret_values.kept(system)]
    account = f"arn:aws:secretsmanager:{found.region}:{found.aws_account_id}"
    arns = {name: f"{account}:secret:{name}-AbCdEf" for name in names}
    BackupJobs(
        "backup-jobs",
        BackupJobsArgs(
            system=system,
            namespace=platform.namespace,
            domain=found.domain,
            region=found.region,
            image=_IMAGE,
            application_image=_IMAGE,
            cache_image=_IMAGE,
            buckets={each: f"{each}-bucket" for each in ("database", "application", "evidence")},
            key_arn="arn:aws:kms:us-east-1:123456789012:key/1",
            disk_key_arn="arn:aws:kms:us-east-1:123456789012:key/2",
            uploads_bucket="uploads-bucket",
            database_host="database.example.org",
            images=found.images,
            secret_arns=arns,
            guards=platform.guards,
        ),
        naming,
    )
    roles = Shared(
        system=system,
        domain=found.domain,
        namespace=platform.namespace,
        secret_arns=arns,
        filled_secrets=frozenset(names),
        guards=platform.guards,
    )
    DatabaseRoles(
        "database-roles",
        DatabaseRolesArgs(shared=roles, image=_IMAGE, primary="database.example.org"),
        naming,
    )
    CacheRotation(
        "cache-rotation",
        CacheRotationArgs(
            system=system,
            region=found.region,
            namespace=platform.namespace,
            image=_IMAGE,
            secret_names={name: name for name in cache_rotation.rotated(system)},
            grant=lambda account: None,
            authority=shared.authority,
            guards=platform.guards,
        ),
        naming,
    )


def start_each(client: Client) -> dict[str, str]:
    """A Job from every CronJob, as `kubectl create job --from` makes it: the node its pod was placed on.

    All of them are gone afterwards.
    """
    started: dict[str, str] = {}
    for each in client.items(f"{_NAMESPACE}/cronjobs"):
        name = each["metadata"]["name"]
        job = {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": {"name": f"now-{name}", "namespace": "platform", **_marks(each)},
            "spec": each["spec"]["jobTemplate"]["spec"],
        }
        client.apply(f"{_NAMESPACE}/jobs/now-{name}", job, manager="person", force=True)
        started[name] = ""
    end = time.monotonic() + _PATIENCE_SECONDS
    while waiting := [name for name, node in started.items() if not node]:
        for name in waiting:
            started[name] = _node(client, name)
        assert time.monotonic() < end, "\n".join(f"{name}: {_why(client, name)}" for name in waiting)
        time.sleep(0.2)
    for name in started:
        client.delete(f"{_NAMESPACE}/jobs/now-{name}", {"propagationPolicy": "Background"})
    while any(_pods(client, name) for name in started):
        assert time.monotonic() < end + _PATIENCE_SECONDS, "pods of deleted jobs stay"
        time.sleep(0.2)
    return started


def _marks(cron_job: dict[str, Any]) -> dict[str, Any]:
    return {"labels": cron_job["spec"]["jobTemplate"].get("metadata", {}).get("labels", {})}


def _pods(client: Client, name: str) -> list[dict[str, Any]]:
    return client.items("/api/v1/namespaces/platform/pods", labelSelector=f"batch.kubernetes.io/job-name=now-{name}")


def _node(client: Client, name: str) -> str:
    return next((pod["spec"]["nodeName"] for pod in _pods(client, name) if pod["spec"].get("nodeName")), "")


def _why(client: Client, name: str) -> str:
    """The scheduler's words on its pod, or the API's on why there is none."""
    words = [c.get("message", "") for pod in _pods(client, name) for c in pod["status"].get("conditions") or []]
    events = client.items("/api/v1/namespaces/platform/events", fieldSelector=f"involvedObject.name=now-{name}")
    return "; ".join(filter(None, (*words, *(each.get("message", "") for each in events)))) or "no pod and no word"
