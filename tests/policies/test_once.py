"""One fault is told once: by the gravest rule, which names the others. All of them stay failures."""

import pytest

from policies.core import once
from policies.core.engine import Regime, judge
from policies.core.rule import Severity, all_rules
from policies.core.verdicts import Finding, Level, Verdict
from policies.run import message, run
from tests.policies.cases import Stack, aws, graph, k8s, stack

RULES = {rule.id: rule for rule in all_rules()}
OPEN = stack(
    rule=aws(
        "vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        ipProtocol="tcp",
        fromPort=5432,
        toPort=5432,
        cidrIpv4="0.0.0.0/0",
        description="queries",
    )
)


def told(case: Stack) -> dict[str, Finding]:
    """Rule id -> its finding, of those that are told."""
    found = run(graph(case))
    return {each.rule.id: each for level in Level for each in found.told(level)}


def test_the_same_words_of_two_rules_are_one_finding() -> None:
    found = told(stack(db=aws("rds/instance:Instance", deletionProtection=False)))
    assert "LL-BAK-002" not in found
    assert "LL-BAK-002" in found["LL-AVL-021"].also
    assert "(also LL-BAK-002)" in message(found["LL-AVL-021"])


def test_a_rule_within_another_is_told_by_it() -> None:
    found = told(OPEN)
    assert set(found) == {"LL-FWL-002"}
    assert found["LL-FWL-002"].also == ("LL-FWL-003", "LL-FWL-005")


def test_what_the_wider_rule_lets_pass_the_narrower_tells_itself() -> None:
    wide = stack(
        rule=aws("vpc/securityGroupIngressRule:SecurityGroupIngressRule", description="x", **_from("10.0.0.0/8"))
    )
    assert set(told(wide)) == {"LL-FWL-005"}


def _from(cidr: str) -> dict[str, object]:
    return {"ipProtocol": "tcp", "fromPort": 5432, "toPort": 5432, "cidrIpv4": cidr}


def test_what_is_told_by_another_still_fails_and_still_stops() -> None:
    found = {each.rule.id: each for each in run(graph(OPEN)).findings}
    assert found["LL-FWL-003"].verdict is Verdict.FAIL
    assert found["LL-FWL-003"].told_by == "LL-FWL-002"
    assert found["LL-FWL-003"].stops


def test_two_faults_of_one_resource_are_two_findings() -> None:
    found = told(stack(db=aws("rds/instance:Instance", storageEncrypted=False, publiclyAccessible=True)))
    assert {"LL-ENC-001", "LL-FWL-030"} <= found.keys()


def test_the_same_fault_of_two_resources_is_two_findings() -> None:
    role = {"rules": [{"apiGroups": ["*"], "resources": ["pods"], "verbs": ["get"]}]}
    case = stack(
        a=k8s("rbac.authorization.k8s.io/v1:ClusterRole", metadata={"name": "a"}, **role),
        b=k8s("rbac.authorization.k8s.io/v1:ClusterRole", metadata={"name": "b"}, **role),
    )
    found = run(graph(case))
    assert len([each for each in found.told(Level.MANDATORY) if each.rule.id == "LL-CLU-020"]) == 2


def test_what_stops_is_never_told_by_advice() -> None:
    case = graph(stack(db=aws("rds/instance:Instance", deletionProtection=False)))
    rules = [RULES["LL-AVL-021"], RULES["LL-BAK-002"]]
    advice, mandatory = judge(case, rules, Regime())
    softened = Finding(advice.rule, advice.urn, advice.verdict, Level.ADVISORY, advice.problems)
    first, second = once.folded([softened, mandatory])
    assert (first.told_by, second.told_by) == ("LL-BAK-002", "")


@pytest.mark.parametrize("id", sorted(id for id, rule in RULES.items() if rule.within))
def test_rules_lie_within_known_ones_that_are_at_least_as_grave(id: str) -> None:
    gravity = list(Severity)
    for outer in RULES[id].within:
        assert id not in RULES[outer].within
        assert gravity.index(RULES[outer].severity) >= gravity.index(RULES[id].severity)
