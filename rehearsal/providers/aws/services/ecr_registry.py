"""The registry of an account in a region: scanning, replication, its policy, caches and templates."""

from collections.abc import Mapping
from typing import Any

from rehearsal.providers import wire
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.aws.policy_documents import as_written, policy_failures
from rehearsal.providers.aws.services.ecr import check_images, lifecycle_reasons
from rehearsal.providers.provider import Failure

_UPSTREAMS_WITHOUT_LOGIN = ("public.ecr.aws", "registry.k8s.io", "quay.io")


def _registry(r: Live, live: Mapping[str, Any]) -> dict[str, Any]:
    return {"registryId": r.account}


def _policy(r: Live) -> dict[str, Any]:
    held = r.api("GetRegistryPolicy")
    return {**held, "policyText": as_written(r.inputs.get("policy"), held["policyText"])}


def _scanning(r: Live) -> dict[str, Any]:
    return {**r.api("GetRegistryScanningConfiguration")["scanningConfiguration"], "registryId": r.account}


def _reset_scanning(r: Live) -> None:
    r.api("PutRegistryScanningConfiguration", scanType="BASIC", rules=[])


def _check_scanning(inputs: Mapping[str, Any]) -> list[Failure]:
    rules = inputs.get("rules")
    if inputs.get("scanType") != "BASIC" or not isinstance(rules, list):
        return []
    return [
        Failure(f"rules[{index}].scanFrequency", "CONTINUOUS_SCAN needs scanType ENHANCED (AWS rule)")
        for index, rule in enumerate(rules)
        if isinstance(rule, dict) and rule.get("scanFrequency") == "CONTINUOUS_SCAN"
    ]


def _replication(r: Live) -> dict[str, Any]:
    return r.api("DescribeRegistry")


def _check_replication(inputs: Mapping[str, Any]) -> list[Failure]:
    configuration = inputs.get("replicationConfiguration")
    rules = configuration.get("rules") if isinstance(configuration, dict) else None
    failures: list[Failure] = []
    if isinstance(rules, list) and len(rules) > 10:
        reason = f"takes at most 10 rules, got {len(rules)} (AWS rule)"
        failures.append(Failure("replicationConfiguration.rules", reason))
    for index, rule in enumerate(rules if isinstance(rules, list) else []):
        destinations = rule.get("destinations") if isinstance(rule, dict) else None
        for place, destination in enumerate(destinations if isinstance(destinations, list) else []):
            if isinstance(destination, dict) and destination.get("region") == inputs.get("region") is not None:
                at = f"replicationConfiguration.rules[{index}].destinations[{place}].region"
                failures.append(Failure(at, f"is the region itself: {destination['region']!r} (AWS rule)"))
    return failures


def _change_cache(r: Live) -> None:
    prefix, changed = r.inputs["ecrRepositoryPrefix"], [name for name in r.changed if name in _CACHE_UPDATES]
    named = r.request(only=changed, operation="UpdatePullThroughCacheRule")
    r.api("UpdatePullThroughCacheRule", ecrRepositoryPrefix=prefix, **named)


def _check_cache(inputs: Mapping[str, Any]) -> list[Failure]:
    upstream, credential = inputs.get("upstreamRegistryUrl"), inputs.get("credentialArn")
    failures: list[Failure] = []
    if isinstance(upstream, str):
        if "://" in upstream:
            reason = f"must be a host without scheme, got {upstream!r} (AWS rule)"
            failures.append(Failure("upstreamRegistryUrl", reason))
        own = upstream.endswith(".amazonaws.com")
        if upstream not in _UPSTREAMS_WITHOUT_LOGIN and not own and credential is None:
            failures.append(Failure("credentialArn", f"is needed for {upstream} (AWS rule)"))
    if isinstance(credential, str) and ":secret:ecr-pullthroughcache/" not in credential:
        reason = f"must be a secret whose name begins with ecr-pullthroughcache/, got {credential!r} (AWS rule)"
        failures.append(Failure("credentialArn", reason))
    return failures


def _change_template(r: Live) -> None:
    r.api("UpdateRepositoryCreationTemplate", **_template(r, "UpdateRepositoryCreationTemplate"))


def _template(r: Live, operation: str = "") -> dict[str, Any]:
    return r.request(only=list(r.inputs), operation=operation)


def _check_template(inputs: Mapping[str, Any]) -> list[Failure]:
    failures = check_images(inputs)
    kinds = inputs.get("appliedFors")
    allowed = ("PULL_THROUGH_CACHE", "REPLICATION", "CREATE_ON_PUSH")
    for index, kind in enumerate(kinds if isinstance(kinds, list) else []):
        if isinstance(kind, str) and kind not in allowed:
            reason = f"must be one of {', '.join(allowed)}; got {kind!r} (AWS rule)"
            failures.append(Failure(f"appliedFors[{index}]", reason))
    if not wire.has_unknown(inputs.get("lifecyclePolicy")):
        reasons = lifecycle_reasons(inputs.get("lifecyclePolicy"))
        failures += [Failure("lifecyclePolicy", f"{reason} (AWS rule)") for reason in reasons]
    return failures


_CACHE_UPDATES = ("credentialArn", "customRoleArn")

ENTRIES = (
    Entry(
        type="aws:ecr/registryPolicy:RegistryPolicy",
        service="ecr",
        operation="PutRegistryPolicy",
        rename={"policy": "policyText"},
        id="registryId",
        read=_policy,
        update={"policy": lambda r: r.put()},
        alone=True,
        delete=lambda r: r.api("DeleteRegistryPolicy"),
        check=lambda inputs: policy_failures(inputs, "policy", "resource"),
        find=lambda r: r.account,
        twin="AWS::ECR::RegistryPolicy",
        twin_rename={"policy": "PolicyText"},
    ),
    Entry(
        type="aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration",
        service="ecr",
        operation="PutRegistryScanningConfiguration",
        id=lambda r, answer: r.account,
        read=_scanning,
        update={"*": lambda r: r.put()},
        alone=True,
        delete=_reset_scanning,
        check=_check_scanning,
        find=lambda r: r.account,
        twin="AWS::ECR::RegistryScanningConfiguration",
    ),
    Entry(
        type="aws:ecr/replicationConfiguration:ReplicationConfiguration",
        service="ecr",
        operation="PutReplicationConfiguration",
        id=lambda r, answer: r.account,
        read=_replication,
        update={"*": lambda r: r.put()},
        alone=True,
        delete=lambda r: r.api("PutReplicationConfiguration", replicationConfiguration={"rules": []}),
        check=_check_replication,
        find=lambda r: r.account,
        twin="AWS::ECR::ReplicationConfiguration",
    ),
    Entry(
        type="aws:ecr/pullThroughCacheRule:PullThroughCacheRule",
        service="ecr",
        level="validated",
        operation="CreatePullThroughCacheRule",
        id=lambda r, answer: r.inputs["ecrRepositoryPrefix"],
        update=dict.fromkeys(_CACHE_UPDATES, _change_cache),
        replace=("ecrRepositoryPrefix", "upstreamRegistryUrl", "upstreamRepositoryPrefix"),
        alone=True,
        delete=lambda r: r.api("DeletePullThroughCacheRule", ecrRepositoryPrefix=r.id),
        outputs=_registry,
        check=_check_cache,
        twin="AWS::ECR::PullThroughCacheRule",
    ),
    Entry(
        type="aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate",
        service="ecr",
        level="validated",
        operation="CreateRepositoryCreationTemplate",
        id=lambda r, answer: r.inputs["prefix"],
        update={"*": _change_template},
        replace=("prefix",),
        alone=True,
        delete=lambda r: r.api("DeleteRepositoryCreationTemplate", prefix=r.id),
        outputs=_registry,
        check=_check_template,
        twin="AWS::ECR::RepositoryCreationTemplate",
        twin_rename={"encryptionConfigurations": "EncryptionConfiguration", "appliedFors": "AppliedFor"},
    ),
)
