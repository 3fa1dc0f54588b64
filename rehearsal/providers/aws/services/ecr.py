"""Image repositories with their policies."""

import json
import re
from collections.abc import Mapping
from typing import Any

from rehearsal.providers import wire
from rehearsal.providers.aws import tags
from rehearsal.providers.aws.asking import only
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live
from rehearsal.providers.aws.policy_documents import as_written, document_reasons
from rehearsal.providers.provider import Failure

_COUNT_TYPES = ("imageCountMoreThan", "sinceImagePushed", "sinceImagePulled", "sinceImageTransitioned")
_TAG_STATUSES = ("tagged", "untagged", "any")

# -- repositories -------------------------------------------------------------------------------------------------


def _repository(r: Live) -> dict[str, Any] | None:
    repository = only(r.api("DescribeRepositories", repositoryNames=[r.id])["repositories"])
    if repository is None:
        return None
    found = r.api("ListTagsForResource", resourceArn=repository["repositoryArn"])["tags"]
    return {
        **repository,
        "arn": repository["repositoryArn"],
        "repositoryUrl": f"{r.account}.dkr.ecr.{r.region}.amazonaws.com/{r.id}",
        "tags": found,
    }


def _change_mutability(r: Live) -> None:
    mutability = r.inputs.get("imageTagMutability", "MUTABLE")
    filters = r.request(only=["imageTagMutabilityExclusionFilters"])
    r.api("PutImageTagMutability", repositoryName=r.id, imageTagMutability=mutability, **filters)


def _change_scanning(r: Live) -> None:
    scan = bool((r.inputs.get("imageScanningConfiguration") or {}).get("scanOnPush"))
    r.api("PutImageScanningConfiguration", repositoryName=r.id, imageScanningConfiguration={"scanOnPush": scan})


def check_images(inputs: Mapping[str, Any]) -> list[Failure]:
    """Encryption and mutability, of repositories and of templates for them."""
    failures: list[Failure] = []
    encryption = inputs.get("encryptionConfigurations")
    for index, one in enumerate(encryption if isinstance(encryption, list) else []):
        if isinstance(one, dict) and one.get("kmsKey") is not None and one.get("encryptionType") in (None, "AES256"):
            reason = "can be given with encryptionType KMS or KMS_DSSE only (AWS rule)"
            failures.append(Failure(f"encryptionConfigurations[{index}].kmsKey", reason))
    mutability, filters = inputs.get("imageTagMutability"), inputs.get("imageTagMutabilityExclusionFilters")
    excluding = isinstance(mutability, str) and mutability.endswith("_WITH_EXCLUSION")
    if filters and isinstance(filters, list) and not excluding:
        reason = "can be given with a mutability ..._WITH_EXCLUSION only (AWS rule)"
        failures.append(Failure("imageTagMutabilityExclusionFilters", reason))
    if excluding and filters in (None, []):
        reason = f"is needed with {mutability} (AWS rule)"
        failures.append(Failure("imageTagMutabilityExclusionFilters", reason))
    return failures


def _check_repository(inputs: Mapping[str, Any]) -> list[Failure]:
    name, failures = inputs.get("name"), check_images(inputs)
    part = r"[a-z0-9]+(?:[._-][a-z0-9]+)*"
    if isinstance(name, str) and not re.fullmatch(rf"(?:{part}/)*{part}", name):
        reason = f"may hold lower case letters, digits and single . _ - / between them, got {name!r} (AWS rule)"
        failures.append(Failure("name", reason))
    return failures


# -- policies -----------------------------------------------------------------------------------------------------


def _lifecycle(r: Live) -> dict[str, Any]:
    held = r.api("GetLifecyclePolicy", repositoryName=r.id)
    return {**held, "lifecyclePolicyText": as_written(r.inputs.get("policy"), held["lifecyclePolicyText"])}


def _check_lifecycle(inputs: Mapping[str, Any]) -> list[Failure]:
    return [Failure("policy", f"{reason} (AWS rule)") for reason in lifecycle_reasons(inputs.get("policy"))]


def lifecycle_reasons(given: Any) -> list[str]:
    """Everything wrong with a lifecycle policy, as text or as an object."""
    if given is None or wire.has_unknown(given):
        return []
    try:
        document = json.loads(given) if isinstance(given, str) else given
    except ValueError as error:
        return [f"is not JSON: {error}"]
    rules = document.get("rules") if isinstance(document, dict) else None
    if not isinstance(rules, list) or not rules:
        return ["needs a list of rules"]
    reasons: list[str] = []
    priorities = [rule.get("rulePriority") for rule in rules if isinstance(rule, dict)]
    for index, rule in enumerate(rules):
        reasons += [f"rules[{index}] {reason}" for reason in _rule_reasons(rule)]
    repeated = sorted({str(priority) for priority in priorities if priorities.count(priority) > 1})
    return reasons + [f"has the rulePriority {priority} more than once" for priority in repeated]


def _rule_reasons(rule: Any) -> list[str]:
    if not isinstance(rule, dict):
        return ["must be an object"]
    selection, action = rule.get("selection"), rule.get("action")
    reasons = [f"needs {name}" for name in ("rulePriority", "selection", "action") if rule.get(name) is None]
    if isinstance(action, dict) and action.get("type") not in ("expire", "transition"):
        reasons.append(f"has the action {action.get('type')!r}; allowed: expire, transition")
    if not isinstance(selection, dict):
        return reasons
    status, count, kind = (selection.get(name) for name in ("tagStatus", "countNumber", "countType"))
    if status not in _TAG_STATUSES:
        reasons.append(f"has the tagStatus {status!r}; allowed: {', '.join(_TAG_STATUSES)}")
    if status == "tagged" and not (selection.get("tagPrefixList") or selection.get("tagPatternList")):
        reasons.append("needs tagPrefixList or tagPatternList with tagStatus tagged")
    if kind not in _COUNT_TYPES:
        reasons.append(f"has the countType {kind!r}; allowed: {', '.join(_COUNT_TYPES)}")
    if not isinstance(count, int | float) or count < 1:
        reasons.append(f"has the countNumber {count!r}; it must be at least 1")
    if isinstance(kind, str) and kind.startswith("since") and selection.get("countUnit") != "days":
        reasons.append(f"needs countUnit days with countType {kind}")
    return reasons


def _policy(r: Live) -> dict[str, Any]:
    held = r.api("GetRepositoryPolicy", repositoryName=r.id)
    return {**held, "policyText": as_written(r.inputs.get("policy"), held["policyText"])}


def _check_policy(inputs: Mapping[str, Any]) -> list[Failure]:
    given = inputs.get("policy")
    if given is None or wire.has_unknown(given):
        return []
    reasons = document_reasons(given, "trust")  # like a trust policy it names principals and no resources
    return [
        Failure("policy", f"{reason.replace('a trust policy', 'a repository policy')} (AWS rule)") for reason in reasons
    ]


ENTRIES = (
    Entry(
        type="aws:ecr/repository:Repository",
        service="ecr",
        operation="CreateRepository",
        rename={"name": "repositoryName"},
        id="repository.repositoryName",
        read=_repository,
        update={
            **dict.fromkeys(("imageTagMutability", "imageTagMutabilityExclusionFilters"), _change_mutability),
            "imageScanningConfiguration": _change_scanning,
        },
        not_sent=("forceDelete",),
        replace=("name", "encryptionConfigurations"),
        name="name",
        name_limit=256,
        delete=lambda r: r.api("DeleteRepository", repositoryName=r.id, force=bool(r.get("forceDelete"))),
        defaults={"imageTagMutability": "MUTABLE"},
        check=_check_repository,
        tags=tags.listed(resource="resourceArn", send="tags", members="tags", keys="tagKeys"),
        find=lambda r: r.inputs["name"],
        twin="AWS::ECR::Repository",
        twin_rename={"name": "RepositoryName", "forceDelete": "EmptyOnDelete"}
        | {"encryptionConfigurations": "EncryptionConfiguration"},
    ),
    Entry(
        type="aws:ecr/lifecyclePolicy:LifecyclePolicy",
        service="ecr",
        operation="PutLifecyclePolicy",
        rename={"policy": "lifecyclePolicyText"},
        id="repositoryName",
        read=_lifecycle,
        replace=("policy", "repository"),
        alone=True,
        delete=lambda r: r.api("DeleteLifecyclePolicy", repositoryName=r.id),
        check=_check_lifecycle,
        find=lambda r: r.inputs["repository"],
    ),
    Entry(
        type="aws:ecr/repositoryPolicy:RepositoryPolicy",
        service="ecr",
        operation="SetRepositoryPolicy",
        rename={"policy": "policyText"},
        id="repositoryName",
        read=_policy,
        update={"policy": lambda r: r.put()},
        replace=("repository",),
        alone=True,
        delete=lambda r: r.api("DeleteRepositoryPolicy", repositoryName=r.id),
        check=_check_policy,
        find=lambda r: r.inputs["repository"],
    ),
)
