"""Applications of every stack as they are declared: documented sizes and names, hardened, probed, spread, shut down."""

from typing import Any

from components.kubernetes import workload_secrets
from rendering import environment, variants
from rendering.variants import Lane, Side
from systems import availability
from systems.model import WorkloadKind
from tests.components.kubernetes.conftest import Made, made

DRAIN_SECONDS = 30


def _deployment(found: Made, name: str) -> dict[str, Any]:
    return found.of("Deployment")[name]["spec"]


def _container(found: Made, name: str) -> dict[str, Any]:
    [container] = _deployment(found, name)["template"]["spec"]["containers"]
    return container


def test_every_form_of_every_workload_runs_with_its_documented_replicas_and_size(in_cluster: Made) -> None:
    system = in_cluster.stack.system
    forms = [form for workload in system.workloads for form in variants.variants(system, workload)]
    assert {form.name for form in forms} == in_cluster.of("Deployment").keys()
    for form in forms:
        assert _deployment(in_cluster, form.name)["replicas"] == form.replicas
        wanted = form.workload.resources
        assert _container(in_cluster, form.name)["resources"] == {
            "requests": {"cpu": f"{wanted.cpu_request_millicores}m", "memory": f"{wanted.memory_request_mib}Mi"},
            "limits": {"cpu": f"{wanted.cpu_limit_millicores}m", "memory": f"{wanted.memory_limit_mib}Mi"},
        }


def test_without_a_candidate_there_is_no_canary_and_its_services_wait() -> None:
    between = made("prod", candidate=False)
    assert between.of("Deployment").keys() == {"astral-web", "astral-web-critical"}
    assert {"astral-web-canary-servers", "astral-web-canary-critical-servers"} <= between.of("Service").keys()


def test_documented_names_are_honoured() -> None:
    draft = made("astral-draft-prod")
    assert draft.of("Deployment").keys() == {"astraldraft", "astraldraft-worker", "astraldraft-scheduler"}
    assert _deployment(draft, "astraldraft")["template"]["metadata"]["labels"]["app"] == "astraldraft"
    assert "app" in made("prod").of("Service")
    assert {"api", "api1", "api2", "api3", "frontend"} <= made("tdah-assistant-prod").of("Service").keys()


def test_every_pod_is_locked_down(in_cluster: Made) -> None:
    for name, pod in in_cluster.pods():
        assert pod["automountServiceAccountToken"] is False, name
        assert pod["serviceAccountName"] in in_cluster.of("ServiceAccount")
        outer = pod["securityContext"]
        assert (outer["runAsUser"], outer["runAsGroup"], outer["runAsNonRoot"]) == (1000, 1000, True)
        assert outer["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in pod["containers"]:
            inner = container["securityContext"]
            assert inner["readOnlyRootFilesystem"] is True
            assert inner["allowPrivilegeEscalation"] is False
            assert inner["capabilities"] == {"drop": ["ALL"]}
            assert container["resources"].keys() == {"requests", "limits"}
            assert not in_cluster.stack.system.production or "@sha256:" in container["image"]
    assert all(each["automountServiceAccountToken"] is False for each in in_cluster.of("ServiceAccount").values())


def test_liveness_asks_the_process_and_readiness_the_documented_path(in_cluster: Made) -> None:
    system = in_cluster.stack.system
    for workload in system.workloads:
        for form in variants.variants(system, workload):
            container = _container(in_cluster, form.name)
            if workload.port is None:
                assert "livenessProbe" not in container
                continue
            assert container["livenessProbe"]["httpGet"]["path"] == workload.liveness_path
            assert container["startupProbe"]["httpGet"]["path"] == workload.liveness_path
            assert container["readinessProbe"]["httpGet"]["path"] == form.check_path
            deep = {check.path for check in workload.health if check.deep}
            assert container["livenessProbe"]["httpGet"]["path"] not in deep


def test_critical_replicas_are_asked_for_what_they_serve_and_take_the_place_of_others() -> None:
    critical = made("prod").of("Deployment")["astral-web-critical"]["spec"]["template"]["spec"]
    assert critical["containers"][0]["readinessProbe"]["httpGet"]["path"] == "/api/crisis/health"
    assert critical["priorityClassName"] == "lifeline-crisis"
    being = _container(made("being-prod"), "being-api-critical")
    assert being["readinessProbe"]["httpGet"]["path"] == "/crisis/988/status"


def test_a_rollout_loses_no_capacity_and_a_scheduler_is_never_two(in_cluster: Made) -> None:
    for workload in in_cluster.stack.system.workloads:
        strategy = _deployment(in_cluster, workload.object_name)["strategy"]
        if workload.kind is WorkloadKind.SCHEDULER:
            assert strategy == {"type": "Recreate"}
        else:
            assert strategy["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}


def test_pods_have_longer_to_leave_than_the_balancer_takes_to_stop_sending(in_cluster: Made) -> None:
    check = in_cluster.stack.system.load_balancer.check
    for workload in in_cluster.stack.system.workloads:
        pod = _deployment(in_cluster, workload.object_name)["template"]["spec"]
        assert pod["terminationGracePeriodSeconds"] >= workload.shutdown_seconds > DRAIN_SECONDS
        if workload.port:
            notice = pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
            assert notice > check.detection_seconds
            assert pod["terminationGracePeriodSeconds"] == workload.shutdown_seconds + notice


def test_pods_spread_over_zones_without_counting_those_that_are_lost(in_cluster: Made) -> None:
    for name, inputs in in_cluster.of("Deployment").items():
        zones, hosts = inputs["spec"]["template"]["spec"]["topologySpreadConstraints"]
        assert (zones["topologyKey"], zones["whenUnsatisfiable"]) == ("topology.kubernetes.io/zone", "DoNotSchedule")
        assert zones["nodeTaintsPolicy"] == "Honor", name
        assert (hosts["topologyKey"], hosts["whenUnsatisfiable"]) == ("kubernetes.io/hostname", "ScheduleAnyway")
        assert zones["labelSelector"]["matchLabels"] == inputs["spec"]["selector"]["matchLabels"]


def test_disruption_budgets_for_all_but_singletons(in_cluster: Made) -> None:
    budgets = in_cluster.of("PodDisruptionBudget")
    system = in_cluster.stack.system
    if availability.LEVELS[availability.level_of(system)].disruption_budget is None:
        assert not budgets, "one of everything: a drain need not wait"
        return
    singletons = {each.object_name for each in system.workloads if each.singleton}
    assert budgets.keys() == in_cluster.of("Deployment").keys() - singletons
    assert all(each["spec"]["maxUnavailable"] == 1 for each in budgets.values())


def test_autoscaling_begins_at_the_documented_replicas_and_thresholds(in_cluster: Made) -> None:
    scalers = in_cluster.of("HorizontalPodAutoscaler")
    for workload in in_cluster.stack.system.workloads:
        scaling, scaler = workload.autoscaling, scalers.get(workload.object_name)
        assert (scaling is None) is (scaler is None)
        if scaling and scaler:
            spec = scaler["spec"]
            assert (spec["minReplicas"], spec["maxReplicas"]) == (workload.replicas, scaling.maximum_replicas)
            told = {
                each["resource"]["name"]: each["resource"]["target"]["averageUtilization"] for each in spec["metrics"]
            }
            wanted = {"cpu": scaling.cpu_percent, "memory": scaling.memory_percent}
            assert told == {name: percent for name, percent in wanted.items() if percent is not None}


def test_selectors_of_different_forms_never_overlap(in_cluster: Made) -> None:
    selectors = [
        frozenset(each["spec"]["selector"]["matchLabels"].items()) for each in in_cluster.of("Deployment").values()
    ]
    assert not any(one < other for one in selectors for other in selectors)
    assert len(selectors) == len(set(selectors))


def test_the_balancer_sees_pods_that_are_not_ready(in_cluster: Made) -> None:
    services, system = in_cluster.of("Service"), in_cluster.stack.system
    for workload in system.workloads:
        for form in variants.variants(system, workload) if workload.port else ():
            servers = services[form.servers]["spec"]
            assert (servers["clusterIP"], servers["publishNotReadyAddresses"]) == ("None", True)
            assert servers["selector"] == services[form.name]["spec"]["selector"]


def test_settings_are_immutable_and_named_after_their_content(in_cluster: Made) -> None:
    system = in_cluster.stack.system
    for workload in system.workloads:
        told = environment.variables(system, workload, in_cluster.stack.domain)
        config = in_cluster.of("ConfigMap")[f"{workload.name}-settings-{environment.digest(told)}"]
        assert config["immutable"] is True
        assert config["data"] == dict(told)
        sources = _container(in_cluster, workload.object_name)["envFrom"]
        assert {"configMapRef": {"name": config["metadata"]["name"]}} in sources


def test_secrets_are_files_named_as_their_variables_and_copied_into_them() -> None:
    found = made("prod")
    one = found.of("SecretProviderClass")["astral-web-secrets"]["spec"]
    [copied] = one["secretObjects"]
    assert {each["key"] for each in copied["data"]} == {
        "DATABASE_URL",
        "REDIS_URL",
        "NEXTAUTH_SECRET",
        "ENCRYPTION_KEY",
    }
    container = _container(found, "astral-web")
    assert {"secretRef": {"name": copied["secretName"]}} in container["envFrom"]
    mounted = {each["name"]: each["mountPath"] for each in container["volumeMounts"]}
    assert mounted["secrets"] == environment.SECRETS_DIRECTORY
    assert mounted["internal-authority"] == "/app/ssl"


def test_a_slot_without_a_value_is_not_mounted_and_one_with_a_value_is() -> None:
    system = made("prod").stack.system
    empty = workload_secrets.of_workload(system, "astral-web", workload_secrets.filled(system, ()))
    given = workload_secrets.of_workload(system, "astral-web", workload_secrets.filled(system, ("ai-provider-key",)))
    assert {each.secret for each in given} - {each.secret for each in empty} == {"ai-provider-key"}


def test_a_frontend_of_files_gets_no_secret_and_no_way_to_the_data() -> None:
    found = made("tdah-assistant-prod")
    assert "frontend-secrets" not in found.of("SecretProviderClass")
    assert {each["name"] for each in _container(found, "frontend")["volumeMounts"]} == {"scratch"}


def test_sides_and_lanes_are_labels() -> None:
    labels = _deployment(made("prod"), "astral-web-canary-critical")["template"]["metadata"]["labels"]
    assert (labels["lifeline.dev/side"], labels["lifeline.dev/lane"]) == (Side.CANARY, Lane.CRITICAL)
