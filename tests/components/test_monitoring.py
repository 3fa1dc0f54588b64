"""The monitoring stack as registered: documented sizes, closed doors, no rights beyond what is asked for."""

import re
import runpy
from collections.abc import Iterator
from functools import cache, partial
from typing import Any

import pytest

from components import third_party_images
from components.aws.alert_topics import AlertTopics, AlertTopicsArgs
from components.kubernetes.flows import LOG_COLLECTOR, NODE_EXPORTER, Pods, flows
from components.kubernetes.monitoring import Monitoring, MonitoringArgs
from components.naming import Naming
from rendering.grafana.dashboards import dashboards
from rendering.grafana.settings import SignOn
from rendering.prometheus.rules import rules
from rendering.prometheus.scrape_targets import PUSHGATEWAY_PORT
from systems import registry
from systems.model import Environment, System
from tests.components.recording import PROJECT, Registered, only, registrations, secret_arns, values

SYSTEMS = [*((name, Environment.PRODUCTION) for name in registry.names()), ("astral-core-v2", Environment.STAGING)]
SECRETS = ("grafana-admin", "database-monitor", "pagerduty-key", "slack-webhook")
DIGEST = "sha256:" + 64 * "0"
PROVIDER = SignOn(
    client_id="lifeline",
    authorize_url="https://id.example.org/authorize",
    token_url="https://id.example.org/token",
    userinfo_url="https://id.example.org/userinfo",
    administrators="operations",
)


def registered(system: System, **changes: Any) -> tuple[list[Registered], list[dict[str, Any]]]:
    """What the component registers, and the roles it asks for."""
    naming = Naming(system=system.name, environment=system.environment, account_id="111122223333", owner="x")
    granted: list[dict[str, Any]] = []

    def program() -> None:
        topics = AlertTopics("topics", AlertTopicsArgs(system=system, key_arn="arn:aws:kms:::key/1"), naming)
        usual: dict[str, Any] = {
            "system": system,
            "domain": system.edge.domain,
            "region": "us-east-1",
            "recovery_region": "us-west-2",
            "reference": third_party_images.references({"cloudwatch-exporter": DIGEST, "haproxy": DIGEST}).__getitem__,
            "rules": {"lifeline.yaml": rules(system)},
            "alert_topics": topics.arns,
            "publishing": topics.publishing(),
            "dashboards": dashboards(system),
            "secret_arns": secret_arns(*SECRETS),
            "filled_secrets": frozenset({"pagerduty-key"}),
            "reading": lambda *names: f"reads {' '.join(names)}",
            "grant": lambda **asked: granted.append(asked),
        }
        Monitoring("monitoring", MonitoringArgs(**{**usual, **changes}), naming)

    return registrations(program), granted


@cache
def stack(name: str, environment: Environment = Environment.PRODUCTION) -> tuple[System, list[Registered]]:
    system = registry.load(name, environment)
    return system, registered(system)[0]


def pods(resources: list[Registered]) -> Iterator[tuple[Registered, dict[str, Any]]]:
    for each in resources:
        if each.type.rpartition(":")[2] in ("Deployment", "StatefulSet", "DaemonSet"):
            yield each, each.inputs["spec"]["template"]["spec"]


def container(resources: list[Registered], program: str) -> dict[str, Any]:
    return next(spec["containers"][0] for each, spec in pods(resources) if each.inputs["metadata"]["name"] == program)


def variables(found: dict[str, Any]) -> dict[str, str]:
    return {each["name"]: each.get("value", "") for each in found["env"]}


@pytest.mark.parametrize(("name", "environment"), SYSTEMS)
def test_every_documented_program_runs_at_its_documented_size(name: str, environment: Environment) -> None:
    system, resources = stack(name, environment)
    made = {each.inputs["metadata"]["name"]: (each.inputs["spec"], spec) for each, spec in pods(resources)}
    for wanted in system.monitoring.components:
        outer, spec = made[wanted.name]
        (only_container,) = spec["containers"]
        assert outer["replicas"] == wanted.replicas
        assert only_container["resources"]["limits"]["cpu"] == f"{wanted.resources.cpu_limit_millicores}m"
        assert only_container["resources"]["limits"]["memory"] == f"{wanted.resources.memory_limit_mib}Mi"
        assert {"name": "http", "containerPort": wanted.port} in only_container["ports"]
        claims = outer.get("volumeClaimTemplates", [])
        assert [each["spec"]["resources"]["requests"]["storage"] for each in claims] == (
            [f"{wanted.storage_gib}Gi"] if wanted.storage_gib else []
        )
        assert all("storageClassName" not in each["spec"] for each in claims), "the default class is the encrypted one"


def test_the_whole_stack_stays_within_the_documented_4_cores_and_8_gib() -> None:
    _, resources = stack("tdah-assistant")
    requested = {"cpu": 0, "memory": 0}
    for each, spec in pods(resources):
        if each.inputs["metadata"]["namespace"] == "monitoring" and each.inputs["metadata"]["name"] != "pushgateway":
            asked = spec["containers"][0]["resources"]["requests"]
            requested["cpu"] += int(asked["cpu"].removesuffix("m")) * each.inputs["spec"]["replicas"]
            requested["memory"] += int(asked["memory"].removesuffix("Mi")) * each.inputs["spec"]["replicas"]
    assert requested == {"cpu": 4_000, "memory": 8_192}


@pytest.mark.parametrize("name", registry.names())
def test_pods_meet_the_restricted_standard_and_agents_come_as_near_as_they_can(name: str) -> None:
    _, resources = stack(name)
    for each, spec in pods(resources):
        (found,) = spec["containers"]
        agent = each.inputs["metadata"]["namespace"] == "node-agents"
        assert found["securityContext"]["allowPrivilegeEscalation"] is False
        assert found["securityContext"]["readOnlyRootFilesystem"] is True
        assert found["securityContext"]["capabilities"]["drop"] == ["ALL"]
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert not spec.get("hostNetwork") and not spec.get("hostPID")
        host_paths = [volume for volume in spec["volumes"] if "hostPath" in volume]
        if agent:
            read_only = {mount["name"] for mount in found["volumeMounts"] if mount.get("readOnly")}
            assert {volume["name"] for volume in host_paths} - read_only <= {"state"}
        else:
            assert spec["securityContext"]["runAsNonRoot"] is True
            assert host_paths == []


@pytest.mark.parametrize("name", registry.names())
def test_only_who_asks_the_kubernetes_api_has_a_token_of_it(name: str) -> None:
    _, resources = stack(name)
    with_token = {
        each.inputs["metadata"]["name"] for each, spec in pods(resources) if spec["automountServiceAccountToken"]
    }
    assert with_token == {"prometheus", "kube-state-metrics"}


@pytest.mark.parametrize("name", registry.names())
def test_no_right_is_wider_than_looking_at_named_kinds(name: str) -> None:
    _, resources = stack(name)
    granted = [rule for each in resources if each.type.endswith("Role") for rule in each.inputs["rules"]]
    assert granted
    for rule in granted:
        assert set(rule["verbs"]) <= {"get", "list", "watch"}
        assert not {"*", "secrets", "nodes/proxy", "pods/log", "pods/exec"} & set(rule["resources"])
    cluster_wide = [each.inputs["rules"] for each in resources if each.type.endswith("ClusterRole")]
    kinds = {kind for rules_ in cluster_wide for rule in rules_ for kind in rule["resources"]}
    assert kinds == {"nodes", "nodes/metrics"}


def test_roles_of_aws_read_one_secret_each_or_cloudwatch_figures() -> None:
    _, granted = registered(registry.load("astral-core-v2", Environment.PRODUCTION))
    told = {each["service_account"]: (each["policy"], [s["Action"] for s in each["statements"]]) for each in granted}
    figures = [
        "cloudwatch:GetMetricData",
        "cloudwatch:GetMetricStatistics",
        "cloudwatch:ListMetrics",
        "tag:GetResources",
    ]
    assert told == {
        "alertmanager": ("reads pagerduty-key", [["sns:Publish"], ["kms:Decrypt", "kms:GenerateDataKey"]]),
        "grafana": ("reads grafana-admin", []),
        "postgres-exporter": ("reads database-monitor", []),
        "cloudwatch-exporter": (None, [figures]),
    }


def test_an_empty_slot_is_not_mounted_since_no_pod_would_start() -> None:
    system = registry.load("astral-core-v2", Environment.PRODUCTION)
    resources, _ = registered(system, filled_secrets=frozenset())
    classes = [each.inputs["metadata"]["name"] for each in resources if each.type.endswith("SecretProviderClass")]
    assert "alertmanager" not in classes and "grafana" in classes


@pytest.mark.parametrize("name", registry.names())
def test_nothing_is_reachable_from_outside_the_cluster(name: str) -> None:
    _, resources = stack(name)
    services = [each for each in resources if each.type.endswith("v1:Service")]
    assert services
    assert {each.inputs["spec"].get("type", "ClusterIP") for each in services} == {"ClusterIP"}


@pytest.mark.parametrize("name", registry.names())
def test_every_port_has_a_flow_that_leads_to_it(name: str) -> None:
    system, resources = stack(name)
    open_ports = {
        port
        for flow in flows(system)
        if isinstance(flow.end, Pods) and flow.end.namespace in ("monitoring", "node-agents")
        for port in flow.ports
    }
    listening = {port["containerPort"] for _, spec in pods(resources) for port in spec["containers"][0]["ports"]}
    assert listening - open_ports == set()
    assert {NODE_EXPORTER, LOG_COLLECTOR, PUSHGATEWAY_PORT} <= listening


@pytest.mark.parametrize("name", registry.names())
def test_images_are_pinned_by_digest(name: str) -> None:
    _, resources = stack(name)
    for _, spec in pods(resources):
        assert third_party_images.is_digest(spec["containers"][0]["image"].rpartition("@")[2])


def test_grafana_admits_nobody_without_signing_in() -> None:
    system, resources = stack("astral-core-v2")
    found = variables(container(resources, "grafana"))
    assert found["GF_AUTH_ANONYMOUS_ENABLED"] == "false"
    assert found["GF_SECURITY_ADMIN_PASSWORD__FILE"] == "/etc/lifeline/secrets/grafana-admin"
    assert found["GF_SERVER_HTTP_PORT"] == "3001"
    assert found["GF_SERVER_ROOT_URL"] == f"https://monitoring.{system.edge.domain}/"
    assert not any("OAUTH" in each for each in found)


def test_with_an_identity_provider_grafana_has_no_form_for_passwords() -> None:
    system = registry.load("astral-core-v2", Environment.PRODUCTION)
    found = variables(container(registered(system, sign_on=PROVIDER)[0], "grafana"))
    assert found["GF_AUTH_DISABLE_LOGIN_FORM"] == "true"
    assert found["GF_AUTH_BASIC_ENABLED"] == "false"
    assert found["GF_AUTH_GENERIC_OAUTH_USE_PKCE"] == "true"
    assert (
        found["GF_AUTH_GENERIC_OAUTH_ROLE_ATTRIBUTE_PATH"] == "contains(groups[*], 'operations') && 'Admin' || 'Viewer'"
    )
    assert not any("SECRET" in each for each in found), "PKCE needs no client secret"


def test_changed_files_restart_who_cannot_read_them_anew() -> None:
    system = registry.load("being", Environment.PRODUCTION)
    before, after = registered(system)[0], registered(system, dashboards={"other.json": "{}"}, rules={"x.yaml": ""})[0]

    def started_with(resources: list[Registered], program: str) -> Any:
        found = only(resources, "StatefulSet", f"{program}-pods")
        return found.inputs["spec"]["template"]["metadata"]["annotations"]

    assert started_with(before, "grafana") != started_with(after, "grafana")
    assert started_with(before, "prometheus") == started_with(after, "prometheus") == {}
    assert "--config.auto-reload" in container(after, "prometheus")["args"]


def test_prometheus_keeps_what_the_spec_says_and_fills_no_disk() -> None:
    _, resources = stack("astral-core-v2")
    arguments = container(resources, "prometheus")["args"]
    assert "--storage.tsdb.retention.time=30d" in arguments
    assert "--storage.tsdb.retention.size=80GB" in arguments


def test_every_alertmanager_knows_all_of_them() -> None:
    _, resources = stack("astral-core-v2")
    arguments = container(resources, "alertmanager")["args"]
    for number in range(3):
        assert f"--cluster.peer=alertmanager-{number}.alertmanager-peers:9094" in arguments
    peers = only(resources, "v1:Service", "alertmanager-peers")
    assert peers.inputs["spec"]["clusterIP"] == "None" and peers.inputs["spec"]["publishNotReadyAddresses"] is True


def test_somebody_outside_the_cluster_listens_for_the_heartbeat() -> None:
    _, resources = stack("being")
    alarm = only(resources, "MetricAlarm", "heartbeat-alarm")
    assert alarm.inputs["treatMissingData"] == "breaching"
    assert alarm.inputs["metricName"] == "NumberOfMessagesPublished"


def test_who_verifies_servers_mounts_the_internal_authority_and_nobody_else() -> None:
    _, resources = stack("being")
    with_authority = {
        each.inputs["metadata"]["name"]: volume["configMap"]["name"]
        for each, spec in pods(resources)
        for volume in spec["volumes"]
        if volume["name"] == "internal-authority"
    }
    assert with_authority == dict.fromkeys(("postgres-exporter", "redis-exporter"), "internal-authority")


def test_no_service_is_waited_for_before_its_pods_are_made() -> None:
    _, resources = stack("being")
    services = [each for each in resources if each.type.endswith("v1:Service")]
    assert all(each.inputs["metadata"]["annotations"] == {"pulumi.com/skipAwait": "true"} for each in services)


def test_links_of_alerts_begin_where_the_stack_keeps_its_runbooks() -> None:
    """By the whole program: the setting is of no use before it has reached the file that Prometheus reads."""
    address = "https://wiki.example.org/runbooks"
    program = partial(runpy.run_path, str(PROJECT / "__main__.py"), run_name="__main__")
    config = {**values("being-staging"), "lifeline:runbooks": address}
    made = registrations(program, stack="being-staging", config=config)
    (rendered,) = [
        each.inputs["data"]["lifeline.yaml"] for each in made if "lifeline.yaml" in (each.inputs.get("data") or {})
    ]
    links = re.findall(r"runbook_url: (\S+)", rendered)
    assert links
    assert all(re.fullmatch(rf"{address}/\w+\.md", link) for link in links)
