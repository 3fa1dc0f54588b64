"""A stack's Kubernetes: etcd, the API server, its controllers and scheduler, simulated kubelets, and our upkeep.

Everything listens on the loopback interface and asks for a token or a certificate of the stack's own authority.
"""

import http.client
import json
import ssl
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rehearsal.errors import RehearsalError
from rehearsal.paths import PROJECT
from rehearsal.processes.certificates import Credentials
from rehearsal.processes.kubernetes_api import KubernetesApi
from rehearsal.processes.ports import LOOPBACK
from rehearsal.processes.records import write_atomically
from rehearsal.processes.supervise import Service

PROGRAMS = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok")
STAGES = Path(__file__).with_name("kwok_stages.yaml")
UPKEEP_SOURCES = tuple(
    Path(__file__).with_name(f"{name}.py") for name in ("upkeep", "volumes", "stray_pods", "kubernetes_api")
)
#: What EKS uses by default for services, and a range for pods which no system's network uses.
SERVICE_RANGE = "172.20.0.0/16"
POD_RANGE = "100.64.0.1/16"
#: Never dialled: the API server wants an address to advertise and would look for a route, which offline is missing.
ADVERTISED_ADDRESS = "192.0.2.1"


@dataclass(frozen=True)
class ControlPlane:
    """How each program of the plane is started and how it shows that it works."""

    tools: dict[str, Path]
    directory: Path
    credentials: Credentials
    #: The second and later planes of a stack carry their number in the names of their processes.
    number: int = 1

    def named(self, program: str) -> str:
        return program if self.number == 1 else f"{program}-{self.number}"

    @property
    def database(self) -> Path:
        return self.directory / "etcd"

    def etcd(self) -> Service:
        tls = self.credentials
        files = [f"={tls.authority}", f"={tls.server_certificate}", f"={tls.server_key}"]

        def command(port: int) -> Sequence[str]:
            return [
                self._tool("etcd"),
                "--name=default",
                f"--data-dir={self.database}",
                f"--listen-client-urls=https://{LOOPBACK}:{port}",
                f"--advertise-client-urls=https://{LOOPBACK}:{port}",
                "--client-cert-auth",
                *(
                    f"--{kind}{file}"
                    for kind, file in zip(("trusted-ca-file", "cert-file", "key-file"), files, strict=True)
                ),
                # The one member has no peers; port 0 lets the system choose where none will ever call.
                f"--listen-peer-urls=https://{LOOPBACK}:0",
                f"--initial-advertise-peer-urls=https://{LOOPBACK}:0",
                f"--initial-cluster=default=https://{LOOPBACK}:0",
                "--peer-client-cert-auth",
                *(
                    f"--peer-{kind}{file}"
                    for kind, file in zip(("trusted-ca-file", "cert-file", "key-file"), files, strict=True)
                ),
                "--log-level=warn",
                # A rehearsal may lose its last second in a power cut; what survives is found out at the next start.
                "--unsafe-no-fsync",
            ]

        return Service(self.named("etcd"), command, self._https("/health", '"health":"true"'), inputs=[tls.authority])

    def api_server(self, etcd_port: int) -> Service:
        keys = self.credentials

        def command(port: int) -> Sequence[str]:
            return [
                self._tool("kube-apiserver"),
                f"--bind-address={LOOPBACK}",
                f"--secure-port={port}",
                f"--advertise-address={ADVERTISED_ADDRESS}",
                "--endpoint-reconciler-type=none",
                f"--etcd-servers=https://{LOOPBACK}:{etcd_port}",
                f"--etcd-cafile={keys.authority}",
                f"--etcd-certfile={keys.server_certificate}",
                f"--etcd-keyfile={keys.server_key}",
                f"--tls-cert-file={keys.server_certificate}",
                f"--tls-private-key-file={keys.server_key}",
                "--anonymous-auth=false",
                f"--token-auth-file={keys.tokens}",
                "--authorization-mode=Node,RBAC",
                "--enable-admission-plugins=NodeRestriction",
                "--service-account-issuer=https://kubernetes.default.svc",
                f"--service-account-key-file={keys.service_account_public_key}",
                f"--service-account-signing-key-file={keys.service_account_key}",
                f"--service-cluster-ip-range={SERVICE_RANGE}",
                "--allow-privileged=true",
                "--profiling=false",
            ]

        return Service(self.named("kube-apiserver"), command, self._https("/readyz", "ok"), inputs=[keys.authority])

    def followers(self, server: str) -> list[Service]:
        """The programs that need the API server, and nothing of each other."""
        return [self._controllers(server), self._scheduler(server), self._kubelets(server), self._upkeep(server)]

    def kubeconfig(self, user: str, server: str) -> Path:
        """What a client of the API server needs, as the programs (and kubectl) read it."""
        path = self.directory / f"{user}.kubeconfig"
        named = {"name": "rehearsal"}
        cluster = {"server": server, "certificate-authority": str(self.credentials.authority)}
        content = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "rehearsal",
            "clusters": [named | {"cluster": cluster}],
            "users": [named | {"user": {"token": self.credentials.token(user)}}],
            "contexts": [named | {"context": {"cluster": "rehearsal", "user": "rehearsal"}}],
        }
        text = json.dumps(content, indent=2)
        if not path.exists() or path.read_text() != text:
            write_atomically(path, text)
        return path

    def client(self, server: str) -> KubernetesApi:
        return KubernetesApi(server, self.credentials.authority, self.credentials.token("admin"))

    def _controllers(self, server: str) -> Service:
        name = "kube-controller-manager"
        kubeconfig = self.kubeconfig(name, server)

        def command(port: int) -> Sequence[str]:
            return [
                self._tool(name),
                f"--kubeconfig={kubeconfig}",
                *self._serving(port),
                "--leader-elect=false",
                "--use-service-account-credentials",
                f"--service-account-private-key-file={self.credentials.service_account_key}",
                f"--root-ca-file={self.credentials.authority}",
                f"--service-cluster-ip-range={SERVICE_RANGE}",
                # The defaults spare a busy API server; here they would make a rehearsal wait.
                "--kube-api-qps=200",
                "--kube-api-burst=400",
                # A claim applied in the same moment as its class is looked at again only after this.
                "--pvclaimbinder-sync-period=1s",
            ]

        return Service(self.named(name), command, self._https("/healthz", "ok"), inputs=[kubeconfig])

    def _scheduler(self, server: str) -> Service:
        name = "kube-scheduler"
        kubeconfig = self.kubeconfig(name, server)

        def command(port: int) -> Sequence[str]:
            return [self._tool(name), f"--kubeconfig={kubeconfig}", *self._serving(port), "--leader-elect=false"]

        return Service(self.named(name), command, self._https("/healthz", "ok"), inputs=[kubeconfig])

    def _kubelets(self, server: str) -> Service:
        kubeconfig = self.kubeconfig("kwok", server)

        def command(port: int) -> Sequence[str]:
            return [
                self._tool("kwok"),
                f"--kubeconfig={kubeconfig}",
                f"--config={STAGES}",
                "--manage-all-nodes=true",
                "--node-lease-duration-seconds=40",
                f"--cidr={POD_RANGE}",
                f"--server-address={LOOPBACK}:{port}",
                "--v=WARN",
            ]

        # Without a HOME of its own it would also read the user's ~/.kwok.
        environment = {"HOME": str(self.directory), "KWOK_WORKDIR": str(self.directory)}
        return Service(self.named("kwok"), command, _http("/healthz"), environment, inputs=[kubeconfig, STAGES])

    def _upkeep(self, server: str) -> Service:
        kubeconfig = self.kubeconfig("upkeep", server)

        def command(port: int) -> Sequence[str]:
            return [sys.executable, "-m", "rehearsal.processes.upkeep", str(kubeconfig), str(port)]

        environment = {"PYTHONPATH": str(PROJECT), "PYTHONUNBUFFERED": "1"}
        return Service(
            self.named("upkeep"), command, _http("/healthz"), environment, inputs=[kubeconfig, *UPKEEP_SOURCES]
        )

    def _serving(self, port: int) -> list[str]:
        return [
            f"--bind-address={LOOPBACK}",
            f"--secure-port={port}",
            f"--tls-cert-file={self.credentials.server_certificate}",
            f"--tls-private-key-file={self.credentials.server_key}",
            "--profiling=false",
        ]

    def _https(self, path: str, wanted: str) -> Callable[[int], bool]:
        context = ssl.create_default_context(cafile=str(self.credentials.authority))
        context.load_cert_chain(self.credentials.server_certificate, self.credentials.server_key)
        headers = {"Authorization": f"Bearer {self.credentials.token('admin')}"}

        def answers(port: int) -> bool:
            return _answer(
                http.client.HTTPSConnection(LOOPBACK, port, timeout=2, context=context), path, headers, wanted
            )

        return answers

    def _tool(self, name: str) -> str:
        if name not in self.tools:
            raise RehearsalError(
                f"the program {name} is missing from the tools: {', '.join(sorted(self.tools)) or 'none given'}",
                ways_out=["make tools"],
            )
        return str(self.tools[name])


def _http(path: str) -> Callable[[int], bool]:
    return lambda port: _answer(http.client.HTTPConnection(LOOPBACK, port, timeout=2), path, {}, "")


def _answer(connection: http.client.HTTPConnection, path: str, headers: dict[str, str], wanted: str) -> bool:
    try:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        return response.status == 200 and wanted in response.read().decode(errors="replace")
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
