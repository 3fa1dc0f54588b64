"""One workload of the platform: a Deployment for each of its forms (rendering/variants.py) and what goes with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi import ResourceOptions

from components import operations_owned
from components.kubernetes import deployments
from components.kubernetes.labels import NO_WAITING, labels
from components.kubernetes.surroundings import Shared, Surroundings
from components.naming import Naming
from rendering import variants
from rendering.variants import Lane, Side, Variant
from systems import availability
from systems.model import Workload


@dataclass(frozen=True, kw_only=True)
class ApplicationArgs:
    """`image` and `candidate_image` are full references; production demands digests (settings.py)."""

    shared: Shared
    workload: Workload
    image: pulumi.Input[str]
    candidate_image: pulumi.Input[str] | None = None
    """Of a release that a share of users has already; without one there is no canary."""
    uploads_bucket: pulumi.Input[str] | None = None
    after: list[pulumi.Resource] = field(default_factory=list[pulumi.Resource])
    """Migrations: no new pod starts before they have ended."""


class Application(pulumi.ComponentResource):
    """Deployments under the names the platform's operators know, with Services, scaling and disruption budgets."""

    deployments: Mapping[str, kubernetes.apps.v1.Deployment]
    """By the names of variants that run."""

    def __init__(self, name: str, args: ApplicationArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:kubernetes:Application", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self._workload = args.workload
        self._system, self._namespace = args.shared.system, args.shared.namespace
        self._child = ResourceOptions(parent=self)
        self._surroundings = Surroundings(
            f"{name}-surroundings", args.shared.of_workload(args.workload), naming, self._child
        )
        forms = list(variants.variants(self._system, args.workload))
        for form in forms:
            self._create_services(form)
        self._create_aliases(forms[0])
        self.deployments = {form.name: self._run(form) for form in forms if self._image(form) is not None}
        self.register_outputs({"deployments": sorted(self.deployments)})

    def _image(self, form: Variant) -> pulumi.Input[str] | None:
        return self._args.image if form.side is Side.STABLE else self._args.candidate_image

    def _run(self, form: Variant) -> kubernetes.apps.v1.Deployment:
        deployment = self._create_deployment(form)
        self._create_autoscaler(form, deployment)
        self._create_disruption_budget(form)
        return deployment

    def _labels(self, form: Variant) -> dict[str, str]:
        return labels(self._workload.name, app=self._workload.object_name, side=form.side, lane=form.lane)

    def _metadata(self, form: Variant, name: str = "") -> dict[str, object]:
        return {"name": name or form.name, "namespace": self._namespace, "labels": self._labels(form)}

    def _suffix(self, form: Variant) -> str:
        """Of names in the engine's state; the plain form has none."""
        parts = [part for part, plain in ((form.side, Side.STABLE), (form.lane, Lane.ORDINARY)) if part != plain]
        return "".join(f"-{part}" for part in parts)

    def _create_deployment(self, form: Variant) -> kubernetes.apps.v1.Deployment:
        scaled = form.lane is Lane.ORDINARY and self._workload.autoscaling is not None
        owned = operations_owned.fields("kubernetes:apps/v1:Deployment") if scaled else []
        return kubernetes.apps.v1.Deployment(
            f"{self._name}{self._suffix(form)}-deployment",
            metadata=self._metadata(form),
            spec=deployments.spec(
                form,
                labels=self._labels(form),
                hardening=self._system.application.hardening,
                surroundings=self._surroundings,
                container=self._container(form),
            ),
            opts=ResourceOptions(parent=self, depends_on=self._needs(), ignore_changes=owned),
        )

    def _needs(self) -> list[pulumi.Resource]:
        return [*self._args.after, *self._surroundings.resources]

    def _container(self, form: Variant) -> dict[str, object]:
        bucket = self._args.uploads_bucket
        uploads = [{"name": "UPLOADS_BUCKET", "value": bucket}] if bucket is not None else []
        return {"image": self._image(form), "env": uploads}

    def _create_services(self, form: Variant) -> None:
        """One address for ordinary callers, and that of every pod, ready or not, for the balancer's own checks."""
        if self._workload.port is None:
            return
        self._create_service(form, f"{self._suffix(form)}-service", form.name)
        every_pod = {"cluster_ip": "None", "publish_not_ready_addresses": True}
        self._create_service(form, f"{self._suffix(form)}-servers", form.servers, **every_pod)

    def _create_aliases(self, form: Variant) -> None:
        """Other names of the document, where they can be names at all: some are captions of a drawing."""
        for alias in self._workload.aliases:
            if self._workload.port is not None and deployments.SERVICE_NAME.fullmatch(alias):
                self._create_service(form, f"-alias-{alias}", alias)

    def _create_service(self, form: Variant, role: str, name: str, **more: object) -> None:
        kubernetes.core.v1.Service(
            f"{self._name}{role}",
            metadata={**self._metadata(form, name), "annotations": NO_WAITING},
            spec={
                "selector": self._labels(form),
                "ports": [{"name": "http", "port": self._workload.port, "target_port": "http"}],
                **more,
            },
            opts=self._child,
        )

    def _create_autoscaler(self, form: Variant, deployment: kubernetes.apps.v1.Deployment) -> None:
        """Replicas for critical paths are set aside and not scaled: they are there before anybody needs them."""
        if form.lane is Lane.CRITICAL or self._workload.autoscaling is None:
            return
        kubernetes.autoscaling.v2.HorizontalPodAutoscaler(
            f"{self._name}{self._suffix(form)}-autoscaler",
            metadata={**self._metadata(form), "annotations": NO_WAITING},
            spec=deployments.autoscaling(form, self._workload.autoscaling),
            opts=ResourceOptions(parent=self, depends_on=[deployment]),
        )

    def _create_disruption_budget(self, form: Variant) -> None:
        """Node upgrades take one replica at a time. A singleton has no budget: one would block every upgrade."""
        budget = availability.LEVELS[availability.level_of(self._system)].disruption_budget
        if self._workload.singleton or budget is None:
            return
        kubernetes.policy.v1.PodDisruptionBudget(
            f"{self._name}{self._suffix(form)}-disruption-budget",
            metadata=self._metadata(form),
            spec={
                "max_unavailable": budget,
                "unhealthy_pod_eviction_policy": "AlwaysAllow",
                "selector": {"match_labels": self._labels(form)},
            },
            opts=self._child,
        )
