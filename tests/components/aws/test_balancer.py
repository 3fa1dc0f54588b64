"""The balancer of every stack: reached by TLS alone, patient with WebSockets, in front of the HAProxy fleet alone."""

from dataclasses import replace

import pytest

from components.aws.balancer import idle_seconds, proxy_port
from tests.components.aws.edge_of import edge_of, stack
from tests.components.recording import STACKS, only


@pytest.mark.parametrize("name", STACKS)
def test_it_is_inside_spread_over_the_zones_and_logs_what_it_does(name: str) -> None:
    balancer = only(edge_of(name), "loadBalancer:LoadBalancer").inputs
    assert balancer["internal"] is True and len(balancer["subnets"]) == 3
    assert balancer["securityGroups"] == ["sg-balancer"]
    assert balancer["dropInvalidHeaderFields"] is True and balancer["enableHttp2"] is True
    assert balancer["enableDeletionProtection"] == stack(name).system.production
    assert balancer["accessLogs"] == {"bucket": "access-logs", "prefix": "balancer", "enabled": True}


@pytest.mark.parametrize("name", STACKS)
def test_one_listener_speaks_tls_1_2_and_1_3_and_nothing_older(name: str) -> None:
    listener = only(edge_of(name), "lb/listener:Listener").inputs
    assert (listener["port"], listener["protocol"]) == (443, "HTTPS")
    assert listener["sslPolicy"] == "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
    assert listener["certificateArn"] == only(edge_of(name), "acm/certificate:Certificate", "-balancer").arn


@pytest.mark.parametrize("name", STACKS)
def test_proxies_are_asked_the_documented_path_over_tls(name: str) -> None:
    spec = stack(name).system.load_balancer
    targets = only(edge_of(name), "targetGroup:TargetGroup").inputs
    check = targets["healthCheck"]
    assert (targets["protocol"], targets["port"], targets["targetType"]) == ("HTTPS", 30443, "instance")
    assert (check["protocol"], check["path"], check["matcher"]) == ("HTTPS", spec.check.path, "200")
    assert check["interval"] >= 5 > check["timeout"]
    assert (check["unhealthyThreshold"], check["healthyThreshold"]) == (spec.check.fall, spec.check.rise)
    assert targets["slowStart"] == spec.slow_start_seconds


@pytest.mark.parametrize("name", STACKS)
def test_no_documented_silence_is_cut_here(name: str) -> None:
    system = stack(name).system
    balancer = only(edge_of(name), "loadBalancer:LoadBalancer").inputs
    silences = [each.websockets.idle_seconds for each in system.workloads if each.websockets]
    assert balancer["idleTimeout"] == idle_seconds(system) > max([50, *silences])


def test_a_firewall_that_opens_no_way_to_the_proxies_is_refused_by_name() -> None:
    system = stack("prod").system
    assert proxy_port(system) == 30443
    closed = replace(system.firewall, openings=system.firewall.openings[:1])
    with pytest.raises(ValueError, match=r"astral-core-v2: one port .* the firewall opens \[\]"):
        proxy_port(replace(system, firewall=closed))
