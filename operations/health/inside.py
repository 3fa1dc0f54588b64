"""What no visitor sees: the database and its copies, the cache, and whether everything runs as often as documented."""

import socket
import ssl
import struct
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from components.kubernetes.labels import WORKLOAD, Infrastructure
from operations.health.cloud import Cloud
from operations.health.stack import Stack
from operations.health.verdicts import Broken, Check, Unseen

Json = dict[str, Any]
#: An instance answers in all of these; everything else is a state that somebody should look at.
_ANSWERING = ("available", "backing-up", "storage-optimization", "configuring-enhanced-monitoring")
#: PostgreSQL's own codes for "please encrypt" and for the protocol, and of the answers that matter here.
_ENCRYPT, _PROTOCOL = 80877103, 196608
_SECURED, _LOGIN_WANTED, _ERROR = b"S", b"R", b"E"
#: Class 28: it knows no such user. Only a server that is up can say so.
_REFUSES_A_STRANGER = "28"
_NOT_UP = {"57P03": "it is starting up or shutting down", "53300": "it has no connection left"}
Knock = Callable[[str, int], str]


def checks(stack: Stack, cloud: Cloud, knock: Knock) -> Iterator[Check]:
    """`knock` asks a server itself whether it takes connections."""
    yield from _database(stack, cloud, knock)
    yield from _running(stack, cloud)


def _database(stack: Stack, cloud: Cloud, knock: Knock) -> Iterator[Check]:
    spec, region, endpoint = stack.system.database, stack.settings.region, stack.output("database")
    host, _, port = endpoint.partition(":")
    yield Check(
        kind="database",
        subject=host or "no output `database`",
        wanted="takes encrypted connections",
        ask=lambda: knock(host, int(port or 5432)),
    )

    @cache
    def instances(region: str) -> list[Json]:
        return cloud.ask("rds", "describe_db_instances", region)["DBInstances"]

    yield Check(
        kind="database",
        subject=f"{host.partition('.')[0]} at RDS",
        wanted="available" + (" in two zones" if spec.multi_az else ""),
        ask=lambda: _primary(_instance(instances(region), host), spec.multi_az),
    )
    if spec.replicas:
        yield Check(
            kind="replica",
            subject=f"replicas of {host.partition('.')[0]}",
            wanted=f"{spec.replicas} that follow",
            ask=lambda: _following(instances(region), host, spec.replicas),
        )
    elsewhere = stack.recovery_database
    if elsewhere:
        yield Check(
            kind="replica",
            subject=f"{elsewhere.partition('.')[0]} in {stack.recovery_region}",
            wanted="available",
            ask=lambda: _replica(_instance(instances(stack.recovery_region), elsewhere.partition(":")[0])),
        )


def _instance(instances: list[Json], host: str) -> Json:
    for each in instances:
        if host in (each.get("Endpoint", {}).get("Address"), each["DBInstanceIdentifier"]):
            return each
    raise Broken("RDS knows no such instance")


def _primary(instance: Json, two_zones: bool) -> str:
    _answers(instance)
    if two_zones and not instance.get("MultiAZ"):
        raise Broken(f"{instance['DBInstanceStatus']} in one zone")
    return f"{instance['DBInstanceStatus']}{' in two zones' if two_zones else ''}"


def _following(instances: list[Json], host: str, wanted: int) -> str:
    source = _instance(instances, host)["DBInstanceIdentifier"]
    replicas = [each for each in instances if each.get("ReadReplicaSourceDBInstanceIdentifier") == source]
    told = [_replica(each) for each in replicas]
    if len(told) < wanted:
        raise Broken(f"{len(told)} of {wanted}")
    return ", ".join(f"{each['DBInstanceIdentifier']} {said}" for each, said in zip(replicas, told, strict=True))


def _replica(instance: Json) -> str:
    _answers(instance)
    for told in instance.get("StatusInfos") or ():
        if told.get("StatusType") == "read replication" and told.get("Status") != "replicating":
            raise Broken(f"{instance['DBInstanceIdentifier']}: replication {told.get('Status')}: {told.get('Message')}")
    return str(instance["DBInstanceStatus"])


def _answers(instance: Json) -> None:
    if instance["DBInstanceStatus"] not in _ANSWERING:
        raise Broken(f"{instance['DBInstanceIdentifier']} is {instance['DBInstanceStatus']}")


def _running(stack: Stack, cloud: Cloud) -> Iterator[Check]:
    system = stack.system
    cached = {Infrastructure.CACHE.value: system.cache.nodes, Infrastructure.SENTINEL.value: system.cache.sentinels}
    served = {Infrastructure.BALANCER.value: system.load_balancer.replicas}
    served |= {each.name: each.all_replicas for each in system.workloads}

    @cache
    def ready() -> dict[str, int]:
        return _ready(cloud, stack)

    for kind, wanted in (("cache", cached), ("replicas", served)):
        for name, count in wanted.items():
            yield Check(
                kind=kind,
                subject=f"{name} in {stack.output('cluster')}",
                wanted=f"{count} ready",
                ask=lambda name=name, count=count: _enough(ready().get(name, 0), count),
            )


def _ready(cloud: Cloud, stack: Stack) -> dict[str, int]:
    """Ready pods by the workload they belong to."""
    cluster = cloud.cluster(stack.output("cluster"), stack.settings.region)
    found: dict[str, int] = {}
    for kind in ("deployments", "statefulsets"):
        told = cluster.get(f"/apis/apps/v1/namespaces/{stack.output('namespace')}/{kind}")
        for each in told["items"]:
            name = each["spec"]["template"]["metadata"].get("labels", {}).get(WORKLOAD, "")
            found[name] = found.get(name, 0) + (each.get("status", {}).get("readyReplicas") or 0)
    return found


def _enough(ready: int, wanted: int) -> str:
    if ready < wanted:
        raise Broken(f"{ready} ready")
    return f"{ready} ready"


def postgresql_takes_connections(host: str, port: int, timeout_seconds: float = 10.0) -> str:
    """As pg_isready: far enough into a login to know that one would be possible, without having one."""
    if not host:
        raise Broken("the stack has no output `database`")
    try:
        with socket.create_connection((host, port), timeout_seconds) as plain:
            plain.sendall(struct.pack("!II", 8, _ENCRYPT))
            if plain.recv(1) != _SECURED:
                raise Broken("answers, and does not encrypt")
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # nothing is told, nothing believed
            with context.wrap_socket(plain) as secured:
                return _login_offered(secured)
    except (ConnectionRefusedError, ConnectionResetError):
        raise Broken("refuses connections") from None
    except OSError:
        raise Unseen("needs the VPC: the database answers inside it only") from None


def _login_offered(connection: ssl.SSLSocket) -> str:
    told = b"user\0lifeline-health\0database\0postgres\0\0"
    connection.sendall(struct.pack("!II", 8 + len(told), _PROTOCOL) + told)
    answer = connection.recv(4096)
    if answer[:1] == _LOGIN_WANTED:
        return "asks for a login"
    fields = {field[:1]: field[1:].decode(errors="replace") for field in answer[5:].split(b"\0")}
    code = fields.get(b"C", "")
    if answer[:1] == _ERROR and code.startswith(_REFUSES_A_STRANGER):
        return "asks for a login"
    raise Broken(_NOT_UP.get(code) or f"answers {code} {fields.get(b'M', 'nothing that PostgreSQL would')}".strip())
