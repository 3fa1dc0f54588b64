"""The exporters as programs: each asks what speaks no Prometheus, and answers in its place."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from components.aws.policy_documents import allow
from components.kubernetes import redis_pods
from components.kubernetes.labels import InNamespace
from components.kubernetes.monitoring_access import OBSERVED, Access, Wanted
from components.kubernetes.monitoring_program import SERVER, Probes, Program
from rendering import blackbox, cloudwatch_exporter, environment, json_exporter, postgres_exporter
from rendering.prometheus.scrape_targets import PUSHGATEWAY_PORT, component
from rendering.redis import users
from systems.model import Resources

if TYPE_CHECKING:
    from components.kubernetes.monitoring import MonitoringArgs

_FILES = "/etc/exporter"
#: Our own exporter is six files without dependencies: the base image is all there is to update.
JSON_EXPORTER = Path(__file__).parents[2] / "images" / "json_exporter" / "json_exporter"
#: What pushed figures need: a few dozen series. It counts beside the document's share for monitoring.
PUSHGATEWAY_SIZE = Resources.fixed(cpu_cores=0.05, memory_gib=0.0625)
_POSTGRES = 5432
AUTHORITY = f"{environment.AUTHORITY_DIRECTORY}/ca-cert.pem"


class Exporters:
    """Programs without a disk. Plain, not a component: the monitoring stack is their parent."""

    def __init__(self, args: "MonitoringArgs", access: Access) -> None:
        self._args, self._access = args, access
        self._system = args.system

    def programs(self) -> Iterator[Program]:
        yield self._blackbox()
        yield self._json()
        yield from self._postgres()
        yield self._redis()
        yield self._cloudwatch()
        yield self._cluster()
        yield self._pushgateway()

    def _exporter(self, name: str, image: str = "", alive: str = "/-/healthy") -> Program:
        """As the spec has it; each adds what is its own."""
        wanted = component(self._system, name)
        return Program(
            name=name,
            replicas=wanted.replicas,
            resources=wanted.resources,
            port=wanted.port,
            image=self._args.reference(image or name),
            probes=Probes(alive=alive, ready=alive),
            service_account=self._access.account(name),
        )

    def _blackbox(self) -> Program:
        usual = self._exporter("blackbox-exporter")
        return replace(
            usual,
            arguments=(f"--config.file={_FILES}/blackbox.yml", f"--web.listen-address=:{usual.port}"),
            files={_FILES: {"blackbox.yml": blackbox.configuration(self._system)}},
        )

    def _json(self) -> Program:
        usual = self._exporter("json-exporter", image="python", alive="/healthz")
        code = {file.name: file.read_text() for file in sorted(JSON_EXPORTER.glob("*.py"))}
        return replace(
            usual,
            command=("python", "-m", "json_exporter"),
            arguments=(f"{_FILES}/json.json", str(usual.port)),
            variables={"PYTHONPATH": "/exporter", "PYTHONDONTWRITEBYTECODE": "1"},
            files={
                "/exporter/json_exporter": code,
                _FILES: {"json.json": json_exporter.configuration(self._system, InNamespace.PLATFORM)},
            },
        )

    def _postgres(self) -> Iterator[Program]:
        """One for each server, which share the documented size among them."""
        usual = self._exporter("postgres-exporter", alive="/")
        secret = postgres_exporter.PASSWORD_SECRET
        wanted = [Wanted(secret, secret, "password"), Wanted(secret, postgres_exporter.USER_FILE, "username")]
        secrets = self._access.secrets(usual.name, wanted)
        self._access.role(usual.name, wanted)
        size = usual.resources
        share = Resources(
            cpu_request_millicores=size.cpu_request_millicores // len(self._args.databases),
            cpu_limit_millicores=size.cpu_limit_millicores // len(self._args.databases),
            memory_request_mib=size.memory_request_mib // len(self._args.databases),
            memory_limit_mib=size.memory_limit_mib // len(self._args.databases),
        )
        for role, host in self._args.databases.items():
            known = host if "." in host else f"{host}.{InNamespace.PLATFORM}.svc"
            yield replace(
                usual,
                name=usual.name if role == "primary" else f"{usual.name}-{role}",
                workload=usual.name,
                resources=share,
                arguments=tuple(postgres_exporter.arguments(usual.port)),
                variables=postgres_exporter.variables(
                    self._system, known, _POSTGRES, secrets=environment.SECRETS_DIRECTORY, authority=AUTHORITY
                ),
                secrets_class=secrets,
                authority=True,
                pod_labels={SERVER: role.split("-", 1)[0]},
            )

    def _redis(self) -> Program:
        """Asks the server that Prometheus names, as a user that sees figures and no data."""
        usual = self._exporter("redis-exporter", alive="/health")
        return replace(
            usual,
            arguments=(f"--web.listen-address=:{usual.port}", f"--tls-ca-cert-file={AUTHORITY}"),
            variables={"REDIS_USER": users.EXPORTER, "REDIS_ADDR": ""},
            secret_variables={"REDIS_PASSWORD": (redis_pods.EXPORTER_SECRET, "password")},
            authority=True,
        )

    def _cloudwatch(self) -> Program:
        usual = self._exporter("cloudwatch-exporter", alive="/healthz")
        # Neither CloudWatch's figures nor the look-up by tag know resources: `*` is all there is.
        self._access.role(usual.name, statements=[allow("Look", cloudwatch_exporter.ACTIONS, ["*"])])
        text = cloudwatch_exporter.configuration(self._system, self._args.region, self._args.recovery_region)
        return replace(
            usual,
            arguments=(
                f"--listen-address=:{usual.port}",
                f"--config.file={_FILES}/cloudwatch.yaml",
                f"--scraping-interval={cloudwatch_exporter.PERIOD_SECONDS}",
            ),
            files={_FILES: {"cloudwatch.yaml": text}},
        )

    def _cluster(self) -> Program:
        """Only the kinds that rules use, only in our namespaces; nodes belong to none."""
        usual = self._exporter("kube-state-metrics", alive="/healthz")
        args = self._args
        namespaces = {
            "platform": args.platform_namespace,
            "monitoring": args.namespace,
            "agents": args.agents_namespace,
        }
        self._access.objects_of(usual.name, namespaces)
        self._access.nodes(usual.name, metrics=False)
        kinds = sorted({"nodes", *(kind for kinds in OBSERVED.values() for kind in kinds)})
        return replace(
            usual,
            arguments=(
                f"--port={usual.port}",
                "--telemetry-port=8081",
                f"--resources={','.join(kinds)}",
                f"--namespaces={','.join(InNamespace)}",
                "--metric-labels-allowlist=configmaps=[lifeline.dev/maintenance]",
            ),
            asks_the_api=True,
        )

    def _pushgateway(self) -> Program:
        """Where backup, verification and drill leave their figures; lost ones come with the next run."""
        return Program(
            name="pushgateway",
            replicas=1,
            resources=PUSHGATEWAY_SIZE,
            port=PUSHGATEWAY_PORT,
            image=self._args.reference("pushgateway"),
            arguments=(f"--web.listen-address=:{PUSHGATEWAY_PORT}",),
            probes=Probes(alive="/-/healthy", ready="/-/ready"),
            service_account=self._access.account("pushgateway"),
        )
