"""The documented jobs: migrations before a release, the seed once, the rest by the clock or by hand.

- *Before a rollout*: a Job for each release, named after its image: it runs once for it, and applications wait.
- *Once*: protected, never repeated by the cluster or for another image. Whoever needs a second run must say so.
- *Scheduled*: a CronJob in UTC, never two at a time.
- *By hand*: a suspended CronJob: `kubectl create job --from=cronjob/clear-sessions now`.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi import ResourceOptions

from components import operations_owned
from components.kubernetes import pods, workload_secrets
from components.kubernetes.labels import Infrastructure, labels
from components.kubernetes.pods import Json, Priority
from components.kubernetes.surroundings import Shared, Surroundings
from components.kubernetes.workload_secrets import Mounted
from components.naming import Naming
from rendering import environment
from systems import sizing
from systems.model import Job, JobTime, RoleUse

#: Whose image a job runs in that belongs to no workload.
PLATFORM = "platform"
#: A migration may be tried three times: migrations that were half done know it. What runs once may not.
_TRIES = {JobTime.BEFORE_ROLLOUT: 2, JobTime.SCHEDULED: 2, JobTime.BY_HAND: 0, JobTime.ONCE: 0}
_LONGEST_SECONDS = 3_600
#: For a CronJob that must have a time and never uses it.
_NEVER = "0 0 1 1 *"


@dataclass(frozen=True, kw_only=True)
class JobsArgs:
    """`images` are the stack's references by name, `candidates` those of a release on its way."""

    shared: Shared
    images: Mapping[str, str]
    candidates: Mapping[str, str] = field(default_factory=dict[str, str])
    resolve: Callable[[str, str], pulumi.Input[str]] = lambda _, reference: reference
    """From an image's name and reference to where the cluster pulls it."""
    after: Sequence[pulumi.Resource] = ()
    """Roles of the database and the way to it, without which a job before a rollout could do nothing."""


class Jobs(pulumi.ComponentResource):
    """Every job of the spec. `before_rollout` is what applications wait for."""

    before_rollout: list[pulumi.Resource]

    def __init__(self, name: str, args: JobsArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:kubernetes:Jobs", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self._system, self._namespace = args.shared.system, args.shared.namespace
        self._surroundings: dict[tuple[str, str], Surroundings] = {}
        jobs = self._system.application.jobs
        self.before_rollout = []
        for job in (each for each in jobs if each.when is JobTime.BEFORE_ROLLOUT):
            self.before_rollout += [self._create_release_job(job, reference) for reference in self._releases(job)]
        for job in jobs:
            if job.when is JobTime.ONCE:
                self._create_single_job(job)
            elif job.when is not JobTime.BEFORE_ROLLOUT:
                self._create_cron_job(job)
        self.register_outputs({"beforeRollout": len(self.before_rollout)})

    def _image_name(self, job: Job) -> str:
        return PLATFORM if job.workload == PLATFORM else self._system.workload(job.workload).image

    def _reference(self, job: Job) -> str:
        name = self._image_name(job)
        if name not in self._args.images:
            raise LookupError(
                f"job {job.name} runs in image {name!r}; there are {', '.join(sorted(self._args.images))}"
            )
        return self._args.images[name]

    def _releases(self, job: Job) -> list[str]:
        """The release that everybody has, and the one on its way: each keeps its own Job, so neither runs again."""
        candidate = self._args.candidates.get(self._image_name(job))
        return list(dict.fromkeys([self._reference(job), *([candidate] if candidate else [])]))

    def _create_release_job(self, job: Job, reference: str) -> kubernetes.batch.v1.Job:
        release = hashlib.sha256("\0".join((reference, *job.command)).encode()).hexdigest()[:8]
        return kubernetes.batch.v1.Job(
            f"{self._name}-{job.name}-{release}",
            metadata=self._metadata(job, f"{job.name}-{release}"),
            spec=self._spec(job, reference),
            opts=ResourceOptions(parent=self, depends_on=[*self._needs(job), *self._args.after, *self.before_rollout]),
        )

    def _create_single_job(self, job: Job) -> None:
        kubernetes.batch.v1.Job(
            f"{self._name}-{job.name}",
            metadata=self._metadata(job, job.name),
            spec=self._spec(job, self._reference(job)),
            opts=ResourceOptions(
                parent=self,
                depends_on=[*self._needs(job), *self.before_rollout],
                ignore_changes=operations_owned.fields("kubernetes:batch/v1:Job"),
                protect=True,
            ),
        )

    def _create_cron_job(self, job: Job) -> None:
        kubernetes.batch.v1.CronJob(
            f"{self._name}-{job.name}",
            metadata=self._metadata(job, job.name),
            spec={
                "schedule": job.schedule or _NEVER,
                "time_zone": "Etc/UTC",
                "suspend": job.when is JobTime.BY_HAND,
                "concurrency_policy": "Forbid",
                "starting_deadline_seconds": _LONGEST_SECONDS,
                "successful_jobs_history_limit": 3,
                "failed_jobs_history_limit": 3,
                "job_template": {
                    "metadata": {"labels": self._labels(job)},
                    "spec": self._spec(job, self._reference(job)),
                },
            },
            opts=ResourceOptions(parent=self, depends_on=self._needs(job)),
        )

    def _labels(self, job: Job) -> dict[str, str]:
        return labels(Infrastructure.JOB, app=job.name, program=job.name)

    def _metadata(self, job: Job, name: str) -> Json:
        return {"name": name, "namespace": self._namespace, "labels": self._labels(job)}

    def _needs(self, job: Job) -> list[pulumi.Resource]:
        return self._around(job).resources

    def _spec(self, job: Job, reference: str) -> Json:
        around, hardening = self._around(job), self._system.application.hardening
        container = {
            "name": job.name,
            "image": self._args.resolve(self._image_name(job), reference),
            "command": list(job.command),
            "security_context": pods.container_security(hardening),
            "resources": pods.resources(sizing.JOBS),
            **around.container,
        }
        pod = pods.pod(
            containers=[container],
            hardening=hardening,
            service_account=around.service_account,
            node_role=sizing.APPLICATION,
            priority=Priority.BATCH,
            volumes=around.volumes,
            restart_policy="Never",
        )
        return {
            "backoff_limit": _TRIES[job.when],
            "active_deadline_seconds": _LONGEST_SECONDS,
            "template": {"metadata": {"labels": self._labels(job)}, "spec": pod},
        }

    def _around(self, job: Job) -> Surroundings:
        """Those of its workload, with the login of its own database role; jobs of one kind share them."""
        key = (job.workload, job.database_role)
        if key not in self._surroundings:
            self._surroundings[key] = self._create_surroundings(job)
        return self._surroundings[key]

    def _create_surroundings(self, job: Job) -> Surroundings:
        """An owner's job reads the owner's login and nothing else; all others read what their workload reads."""
        shared, system = self._args.shared, self._system
        use = next(each.use for each in system.database.roles if each.name == job.database_role)
        if use is RoleUse.OWNER:
            program = f"migration-{job.workload}"
            mounted: tuple[Mounted, ...] = ()
        else:
            program = f"{job.workload}-{use}"
            mounted = workload_secrets.of_workload(system, job.workload, shared.filled_secrets)
        logged_in = workload_secrets.of_role(system, job.database_role, mounted)
        told = shared.of(program, self._variables(job), logged_in, uses_data=True)
        return Surroundings(f"{self._name}-{program}", told, self._naming, ResourceOptions(parent=self))

    def _variables(self, job: Job) -> Mapping[str, str]:
        system = self._system
        if job.workload == PLATFORM:
            return environment.of_psql(system)
        workload = system.workload(job.workload)
        return {**environment.of_psql(system), **environment.variables(system, workload, self._args.shared.domain)}
