"""The CronJobs of every stack: documented times, one image, least rights, and a drill that can touch nothing alive."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import pytest

from components.kubernetes import backup_jobs
from components.kubernetes.backup_jobs import BackupJobs, BackupJobsArgs
from components.naming import Naming
from rendering import backup_settings
from systems.model import System
from tests.components.recording import STACKS, Registered, registrations
from tests.scheduling import platform

IMAGE, APPLICATION, CACHE = "platform@sha256:1", "application@sha256:2", "redis@sha256:3"
GRANTED: dict[str, tuple[str, ...]] = {}


def deploy(stack: str) -> None:
    found = platform.read(stack)
    system = found.system
    naming = Naming(
        system=system.name, environment=found.environment, account_id=found.aws_account_id, owner=found.owner
    )
    BackupJobs(
        "backup-jobs",
        BackupJobsArgs(
            system=system,
            namespace="platform",
            domain=found.domain,
            region=found.region,
            image=IMAGE,
            application_image=APPLICATION,
            cache_image=CACHE,
            buckets={each: f"{each}-bucket" for each in ("database", "application", "evidence")},
            key_arn="arn:aws:kms:us-east-1:123456789012:key/1",
            disk_key_arn="arn:aws:kms:us-east-1:123456789012:key/2",
            uploads_bucket="uploads-bucket",
            database_host="database.internal",
            images=found.images,
            secret_arns={"database-backup": "arn:backup", "database-restore": "arn:restore"},
            may_dump=[{"Sid": "Dump"}],
            may_restore=[{"Sid": "Restore"}],
            may_drill=[{"Sid": "Drill"}],
            copies={"database-bucket": "database-copies"},
            recovery_region="us-west-2",
            grant=lambda account, secrets, statements: GRANTED.update(
                {account: (*secrets, *(each["Sid"] for each in statements))}
            ),
        ),
        naming,
    )


@dataclass(frozen=True)
class Made:
    system: System
    resources: tuple[Registered, ...]

    def of(self, kind: str) -> dict[str, dict[str, Any]]:
        return {
            each.inputs["metadata"]["name"]: each.inputs for each in self.resources if each.type.endswith(f":{kind}")
        }

    @property
    def jobs(self) -> dict[str, dict[str, Any]]:
        return {name: inputs["spec"] for name, inputs in self.of("CronJob").items()}

    def pod(self, name: str) -> dict[str, Any]:
        return self.jobs[name]["jobTemplate"]["spec"]["template"]["spec"]

    def containers(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for name in self.jobs:
            pod = self.pod(name)
            for container in (*pod["containers"], *pod.get("initContainers", [])):
                yield name, container


@cache
def made(stack: str) -> Made:
    return Made(platform.read(stack).system, tuple(registrations(partial(deploy, stack))))


@pytest.fixture(params=STACKS)
def every(request: pytest.FixtureRequest) -> Made:
    return made(request.param)


def test_every_documented_time_has_its_job(every: Made) -> None:
    backups = every.system.backups
    wanted = {f"backup-{kind.name}": kind.schedule for kind in backups.kinds}
    wanted |= {"backup-verification": backups.verification_schedule, "restore-drill": backups.drill.schedule}
    assert {name: spec["schedule"] for name, spec in every.jobs.items() if not spec["suspend"]} == wanted
    assert every.jobs["restore"]["suspend"] is True
    for spec in every.jobs.values():
        assert (spec["timeZone"], spec["concurrencyPolicy"]) == ("Etc/UTC", "Forbid")


def test_a_run_ends_before_the_next_of_its_kind(every: Made) -> None:
    for kind in every.system.backups.kinds:
        longest = every.jobs[f"backup-{kind.name}"]["jobTemplate"]["spec"]["activeDeadlineSeconds"]
        assert every.system.backups.upload_seconds <= longest <= kind.every_seconds


def test_one_image_does_everything_and_is_told_by_one_file(every: Made) -> None:
    ours = [container for _, container in every.containers() if container["image"] == IMAGE]
    assert len(ours) == len(every.system.backups.kinds) + 5
    for container in ours:
        assert container["command"][:3] == ["python3", "-m", "lifeline_backup"]
        mounted = {each["name"]: each["mountPath"] for each in container["volumeMounts"]}
        assert mounted["backup-settings"] == "/etc/lifeline/backup"
    read = json.loads(every.of("ConfigMap")["backup-settings"]["data"]["settings.json"])
    key = "arn:aws:kms:us-east-1:123456789012:key/1"
    copied = {"copy": "database-copies", "copy_region": "us-west-2"}
    assert read["buckets"]["database"] == {"name": "database-bucket", "key": key, **copied}
    assert read["database"]["host"] == "database.internal"
    assert "BEGIN CERTIFICATE" in every.of("ConfigMap")["backup-settings"]["data"]["database-authorities.pem"]


def test_who_writes_cannot_read_and_who_reads_has_no_login(every: Made) -> None:
    """Of the live database's logins a drill and a verification have none at all."""
    assert every.resources
    assert GRANTED == {
        "backup": ("database-backup", "Dump"),
        "backup-verify": ("Restore",),
        "backup-drill": ("Drill",),
        "restore": ("database-restore", "Restore"),
    }
    accounts = {name: every.pod(name)["serviceAccountName"] for name in every.jobs}
    assert accounts["restore-drill"] == backup_jobs.DRILL
    assert accounts["backup-verification"] == backup_jobs.VERIFY
    secrets = {name for name in every.jobs for each in every.pod(name)["volumes"] if each["name"] == "secrets"}
    assert secrets == {"restore", *(f"backup-{kind.name}" for kind in every.system.backups.kinds)}
    for name in every.jobs:
        assert every.pod(name)["automountServiceAccountToken"] is False


def test_only_config_maps_of_the_platform_are_read_from_the_api(every: Made) -> None:
    wanted = any("configuration" in kind.contains for kind in every.system.backups.kinds)
    roles = every.of("Role")
    assert bool(roles) is wanted
    for role in roles.values():
        assert role["rules"] == [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", "list"]}]


def test_the_parts_of_a_drill_start_one_after_the_other(every: Made) -> None:
    pod = every.pod("restore-drill")
    workload = backup_settings.drilled(every.system)
    started = [(each["name"], each.get("restartPolicy")) for each in pod["initContainers"]]
    beside = "Always"
    assert started == [
        ("drill-server", beside),
        ("drill-cache", beside),
        ("drill-restore", None),
        (workload.name, beside),
    ]
    assert [each["name"] for each in pod["containers"]] == ["drill-prove"]
    assert pod["hostAliases"] == [{"ip": "127.0.0.1", "hostnames": ["database", "cache"]}]


def test_a_drilled_application_has_no_credentials_of_any_kind(every: Made) -> None:
    workload = backup_settings.drilled(every.system)
    [application] = [each for each in every.pod("restore-drill")["initContainers"] if each["name"] == workload.name]
    assert application["image"] == APPLICATION
    mounted = {each["name"] for each in application["volumeMounts"]}
    assert mounted <= {"application-scratch", "application", "switches"}
    template = every.jobs["restore-drill"]["jobTemplate"]["spec"]["template"]
    assert template["metadata"]["annotations"] == {"eks.amazonaws.com/skip-containers": workload.name}
    [told] = [each["configMapRef"]["name"] for each in application["envFrom"]]
    variables = every.of("ConfigMap")[told]["data"]
    assert "database.internal" not in json.dumps(variables)
    opening = [each for each in variables.values() if "://" in each and "@" in each]
    assert all("@database:5432/" in each or "@cache:6379/" in each for each in opening)


def test_restored_data_lies_on_disks_that_go_with_their_pods(every: Made) -> None:
    [disks] = every.of("StorageClass").values()
    assert (disks["reclaimPolicy"], disks["parameters"]["encrypted"]) == ("Delete", "true")
    for name in ("restore-drill", "restore"):
        [work] = [each for each in every.pod(name)["volumes"] if "ephemeral" in each]
        claim = work["ephemeral"]["volumeClaimTemplate"]["spec"]
        assert claim["storageClassName"] == disks["metadata"]["name"]
        assert (
            int(claim["resources"]["requests"]["storage"].removesuffix("Gi")) >= every.system.database.storage_gib / 2
        )


def test_every_container_is_hardened_and_sized(every: Made) -> None:
    for name, container in every.containers():
        security = container["securityContext"]
        assert security["readOnlyRootFilesystem"], name
        assert security["capabilities"] == {"drop": ["ALL"]}, name
        assert not security["allowPrivilegeEscalation"], name
        assert set(container["resources"]["limits"]) == {"cpu", "memory"}, name
        assert any(each["mountPath"] == "/tmp" for each in container["volumeMounts"]), name
