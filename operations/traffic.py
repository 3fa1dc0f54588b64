"""Who is served by which side: the ConfigMap `traffic` of a stack's cluster, and what runs on either side.

Where a rollout is stands beside the weights it explains, as an annotation: both change in one request or not at all,
and a runner that dies leaves nothing to clear up.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, cast

from operations.errors import OperationsError
from operations.health.cloud import Cluster
from operations.health.verdicts import Broken
from rendering.haproxy import traffic
from rendering.variants import Side, variants
from systems.model import System

RECORD = "lifeline.dev/rollout"
NAMESPACE = "platform"
_MAP = f"/api/v1/namespaces/{NAMESPACE}/configmaps/{traffic.CONFIG_MAP}"
_DEPLOYMENTS = f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments"


@dataclass(frozen=True, kw_only=True)
class Course:
    """Where a rollout is, or how it ended. Times are ISO 8601."""

    release: str
    step: int
    began: str
    since: str
    ended: str = ""
    """Empty while it goes on."""
    why: str = ""
    reported: bool = False
    stopped: Mapping[str, int] = field(default_factory=dict[str, int])
    """During maintenance: Deployments that do not run, and how many they were."""


@dataclass(frozen=True, kw_only=True)
class Held:
    """What the ConfigMap says now; `version` guards a change against somebody else's in between."""

    state: Mapping[str, str]
    course: Course | None
    version: str

    @property
    def closed(self) -> bool:
        return any(value == "on" for key, value in self.state.items() if key.startswith("maintenance."))


@dataclass(frozen=True, kw_only=True)
class Runs:
    """One Deployment."""

    image: str
    wanted: int
    ready: int


class Traffic:
    """The few things that a release needs of a cluster; `connect` is asked each time, since tokens end."""

    def __init__(self, system: System, connect: Callable[[], Cluster]) -> None:
        self._system, self._connect = system, connect

    def read(self) -> Held:
        content = self._connect().get(_MAP)
        metadata: dict[str, Any] = content["metadata"]
        annotations: dict[str, str] = metadata.get("annotations") or {}
        given: dict[str, str] = content.get("data") or {}
        written = annotations.get(RECORD)
        data = {key: value.strip() for key, value in given.items()}
        return Held(
            state={**traffic.defaults(self._system), **data},
            course=_course(written) if written else None,
            version=str(metadata["resourceVersion"]),
        )

    def write(self, held: Held, state: Mapping[str, str], course: Course) -> Held:
        """Refused when somebody else was quicker: then what was decided was about another state."""
        change = {
            "metadata": {
                "resourceVersion": held.version,
                "annotations": {RECORD: json.dumps(asdict(course), sort_keys=True)},
            },
            "data": dict(state),
        }
        self._connect().patch(_MAP, change)
        now = self.read()
        if any(now.state.get(key) != value for key, value in state.items()):
            raise Broken(f"the cluster took {dict(state)} and holds {dict(now.state)}")
        return replace(now, course=course)

    def runs(self) -> Mapping[str, Runs]:
        """By name; the first container is the application's."""
        found: dict[str, Runs] = {}
        for item in cast("list[dict[str, Any]]", self._connect().get(_DEPLOYMENTS)["items"]):
            spec: dict[str, Any] = item["spec"]
            status: dict[str, int] = item.get("status") or {}
            found[item["metadata"]["name"]] = Runs(
                image=str(spec["template"]["spec"]["containers"][0]["image"]),
                wanted=spec.get("replicas", 1),
                ready=status.get("readyReplicas") or 0,
            )
        return found

    def scale(self, name: str, replicas: int) -> None:
        self._connect().patch(f"{_DEPLOYMENTS}/{name}/scale", {"spec": {"replicas": replicas}})

    def candidates(self) -> dict[str, tuple[list[Runs], str]]:
        """Workloads that have a new side: its Deployments, and the image of the old one."""
        running = self.runs()
        found: dict[str, tuple[list[Runs], str]] = {}
        for workload in traffic.routed(self._system):
            if not traffic.gradual(self._system, workload):
                continue
            forms = list(variants(self._system, workload))
            new = [running[each.name] for each in forms if each.side is Side.CANARY and each.name in running]
            old = next((running[each.name].image for each in forms if each.name in running), "")
            if new:
                found[workload.name] = (new, old)
        return found


def _course(text: str) -> Course:
    try:
        return Course(**json.loads(text))
    except (ValueError, TypeError) as error:
        raise OperationsError(
            f"the annotation {RECORD} of the ConfigMap {traffic.CONFIG_MAP} cannot be read: {error}",
            f"kubectl -n {NAMESPACE} annotate configmap {traffic.CONFIG_MAP} {RECORD}-",
        ) from None
