"""The functions of pulumi_aws that programs call, answered by the emulator or by what AWS publishes."""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from rehearsal.providers import wire
from rehearsal.providers.aws.live import Account
from rehearsal.providers.provider import Refused

Answer = Callable[[Account, Mapping[str, Any]], dict[str, Any]]

#: AWS-managed prefix list of CloudFront's origin-facing addresses; the id it has in us-east-1.
_CLOUDFRONT_ORIGIN_FACING = "pl-3b927c52"

#: Accounts that own the load balancers of a region, for access-log policies (Elastic Load Balancing user guide).
_ELB_ACCOUNTS = {
    "us-east-1": "127311923021",
    "us-east-2": "033677994240",
    "us-west-1": "027434742980",
    "us-west-2": "797873946194",
    "ca-central-1": "985666609251",
    "eu-central-1": "054676820928",
    "eu-west-1": "156460612806",
    "eu-west-2": "652711504416",
    "eu-west-3": "009996457667",
    "eu-north-1": "897822967062",
    "ap-southeast-2": "783225319266",
    "sa-east-1": "507241528517",
}


def answer(account: Account, token: str, arguments: dict[str, Any]) -> dict[str, Any]:
    function = _FUNCTIONS.get(token)
    if function is None:
        raise Refused(
            f"the rehearsal does not answer {token}; it knows {', '.join(sorted(_FUNCTIONS))}. "
            "Add it to rehearsal/providers/aws/invokes.py"
        )
    return function(account, arguments)


def _call(
    account: Account, arguments: Mapping[str, Any], service: str, operation: str, **request: Any
) -> dict[str, Any]:
    return account.clients.call(service, arguments.get("region") or account.region, operation, request)


def _caller_identity(account: Account, arguments: Mapping[str, Any]) -> dict[str, Any]:
    who = _call(account, arguments, "sts", "GetCallerIdentity")
    return {"accountId": who["Account"], "arn": who["Arn"], "userId": who["UserId"], "id": who["Account"]}


def _region(account: Account, arguments: Mapping[str, Any]) -> dict[str, Any]:
    region = arguments.get("region") or arguments.get("name") or account.region
    return {
        "id": region,
        "name": region,
        "region": region,
        "description": region,
        "endpoint": f"ec2.{region}.amazonaws.com",
    }


def _partition(account: Account, arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": "aws", "partition": "aws", "dnsSuffix": "amazonaws.com", "reverseDnsPrefix": "com.amazonaws"}


def _availability_zones(account: Account, arguments: Mapping[str, Any]) -> dict[str, Any]:
    filters = [{"Name": f["name"], "Values": f["values"]} for f in arguments.get("filters") or []]
    if state := arguments.get("state"):
        filters.append({"Name": "state", "Values": [state]})
    zones = _call(account, arguments, "ec2", "DescribeAvailabilityZones", Filters=filters)["AvailabilityZones"]
    excluded = set(arguments.get("excludeNames") or [])
    zones = sorted((zone for zone in zones if zone["ZoneName"] not in excluded), key=lambda zone: zone["ZoneName"])
    return {
        "id": arguments.get("region") or account.region,
        "names": [zone["ZoneName"] for zone in zones],
        "zoneIds": [zone["ZoneId"] for zone in zones],
        "groupNames": sorted({zone.get("GroupName", account.region) for zone in zones}),
    }


def _ssm_parameter(account: Account, arguments: Mapping[str, Any]) -> dict[str, Any]:
    name = arguments["name"]
    if name.startswith("/aws/service/"):  # published by AWS, absent from the emulator: an image id of the right form
        value = f"ami-{abs(hash_of(name)) % 16**17:017x}" if name.endswith("image_id") else "recommended"
        return {
            "id": name,
            "name": name,
            "type": "String",
            "value": wire.Secret(value),
            "insecureValue": value,
            "version": 1,
        }
    found = _call(account, arguments, "ssm", "GetParameter", Name=name, WithDecryption=True)["Parameter"]
    return {
        "id": name,
        "name": name,
        "arn": found["ARN"],
        "type": found["Type"],
        "value": wire.Secret(found["Value"]),
        "version": found["Version"],
    }


def hash_of(text: str) -> int:
    """The same in every process, unlike hash()."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def _ami(account: Account, arguments: Mapping[str, Any]) -> dict[str, Any]:
    request: dict[str, Any] = {
        "Filters": [{"Name": f["name"], "Values": f["values"]} for f in arguments.get("filters") or []]
    }
    if arguments.get("owners"):
        request["Owners"] = arguments["owners"]
    images = _call(account, arguments, "ec2", "DescribeImages", **request)["Images"]
    if not images:
        raise Refused(f"getAmi: no image matches {json.dumps(request)}; the emulator knows few, widen the filter")
    newest = max(images, key=lambda image: image.get("CreationDate", ""))
    return {
        "id": newest["ImageId"],
        "imageId": newest["ImageId"],
        "name": newest.get("Name", ""),
        "architecture": newest.get("Architecture", ""),
    }


def _prefix_list(account: Account, arguments: Mapping[str, Any]) -> dict[str, Any]:
    name = arguments.get("name")
    if name == "com.amazonaws.global.cloudfront.origin-facing":
        return {"id": _CLOUDFRONT_ORIGIN_FACING, "name": name, "cidrBlocks": [], "entries": []}
    found = _call(account, arguments, "ec2", "DescribePrefixLists")["PrefixLists"]
    wanted = [
        each
        for each in found
        if each["PrefixListName"] == name or each["PrefixListId"] == arguments.get("prefixListId")
    ]
    if not wanted:
        raise Refused(
            f"no prefix list named {name!r}; there are {', '.join(sorted(each['PrefixListName'] for each in found))}"
        )
    return {
        "id": wanted[0]["PrefixListId"],
        "name": wanted[0]["PrefixListName"],
        "cidrBlocks": wanted[0].get("Cidrs", []),
    }


def _policy_document(account: Account, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """As the official provider writes it: members in AWS's order, single values not in lists."""
    statements: list[dict[str, Any]] = []
    for source in arguments.get("sourcePolicyDocuments") or []:
        statements += json.loads(source)["Statement"]
    for given in arguments.get("statements") or []:
        statements.append(_statement(given))
    for override in arguments.get("overridePolicyDocuments") or []:
        for statement in json.loads(override)["Statement"]:
            statements = [each for each in statements if not each.get("Sid") or each["Sid"] != statement.get("Sid")]
            statements.append(statement)
    document: dict[str, Any] = {"Version": arguments.get("version") or "2012-10-17"}
    if policy_id := arguments.get("policyId"):
        document["Id"] = policy_id
    document["Statement"] = statements
    text = json.dumps(document, indent=2)
    return {
        "id": f"{hash_of(text) % 10**10}",
        "json": text,
        "minifiedJson": json.dumps(document, separators=(",", ":")),
    }


def _statement(given: Mapping[str, Any]) -> dict[str, Any]:
    built: dict[str, Any] = {}
    if given.get("sid"):
        built["Sid"] = given["sid"]
    built["Effect"] = given.get("effect") or "Allow"
    for ours, theirs in (("principals", "Principal"), ("notPrincipals", "NotPrincipal")):
        if given.get(ours):
            grouped: dict[str, list[str]] = {}
            for principal in given[ours]:
                grouped.setdefault(principal["type"], []).extend(principal["identifiers"])
            anyone = grouped == {"*": ["*"]}
            built[theirs] = "*" if anyone else {kind: _single(values) for kind, values in sorted(grouped.items())}
    for ours in ("actions", "notActions", "resources", "notResources"):
        if given.get(ours):
            theirs = ours[0].upper() + ours[1:-1]
            built[theirs] = _single(given[ours])
    conditions: dict[str, dict[str, Any]] = {}
    for condition in given.get("conditions") or []:
        conditions.setdefault(condition["test"], {})[condition["variable"]] = _single(condition["values"])
    if conditions:
        built["Condition"] = conditions
    return built


def _single(values: list[str]) -> Any:
    unique = sorted(set(values))
    return unique[0] if len(unique) == 1 else unique


def _elb_service_account(account: Account, arguments: Mapping[str, Any]) -> dict[str, Any]:
    region = arguments.get("region") or account.region
    if region not in _ELB_ACCOUNTS:
        raise Refused(
            f"no load balancer account is published for {region}: "
            "use the principal logdelivery.elasticloadbalancing.amazonaws.com"
        )
    number = _ELB_ACCOUNTS[region]
    return {"id": number, "arn": f"arn:aws:iam::{number}:root", "region": region}


def _registry_token(account: Account, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """A login to a registry that exists nowhere: the rehearsal's Docker never pushes to one of this name."""
    ids = {"registryIds": [arguments["registryId"]]} if arguments.get("registryId") else {}
    (told,) = _call(account, arguments, "ecr", "GetAuthorizationToken", **ids)["authorizationData"]
    user, _, password = base64.b64decode(told["authorizationToken"]).decode().partition(":")
    return {
        "id": arguments.get("region") or account.region,
        "registryId": arguments.get("registryId") or "",
        "authorizationToken": wire.Secret(told["authorizationToken"]),
        "userName": user,
        "password": wire.Secret(password),
        "proxyEndpoint": told["proxyEndpoint"],
        "expiresAt": told["expiresAt"].strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _cluster(account: Account, arguments: Mapping[str, Any]) -> dict[str, Any]:
    found = _call(account, arguments, "eks", "DescribeCluster", name=arguments["name"])["cluster"]
    network = found.get("resourcesVpcConfig", {})
    return {
        "id": found["name"],
        "name": found["name"],
        "arn": found["arn"],
        "endpoint": found["endpoint"],
        "version": found.get("version", ""),
        "status": found["status"],
        "certificateAuthorities": [{"data": found["certificateAuthority"]["data"]}],
        "vpcConfig": {
            "vpcId": network.get("vpcId", ""),
            "subnetIds": network.get("subnetIds", []),
            "securityGroupIds": network.get("securityGroupIds", []),
            "clusterSecurityGroupId": network.get("clusterSecurityGroupId", ""),
        },
    }


_FUNCTIONS: dict[str, Answer] = {
    "aws:index/getCallerIdentity:getCallerIdentity": _caller_identity,
    "aws:index/getRegion:getRegion": _region,
    "aws:index/getPartition:getPartition": _partition,
    "aws:index/getAvailabilityZones:getAvailabilityZones": _availability_zones,
    "aws:ssm/getParameter:getParameter": _ssm_parameter,
    "aws:ec2/getAmi:getAmi": _ami,
    "aws:ec2/getPrefixList:getPrefixList": _prefix_list,
    "aws:ec2/getManagedPrefixList:getManagedPrefixList": _prefix_list,
    "aws:iam/getPolicyDocument:getPolicyDocument": _policy_document,
    "aws:ecr/getAuthorizationToken:getAuthorizationToken": _registry_token,
    "aws:elb/getServiceAccount:getServiceAccount": _elb_service_account,
    "aws:eks/getCluster:getCluster": _cluster,
}
