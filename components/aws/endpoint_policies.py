"""What may pass the private ways to AWS services: this account's identities, and data into this account only.

A stolen key of somebody else's account is useless from inside the network, and data cannot be put where we do not own
the receiving end.
"""

import json

_PULLS = [
    *("ecr:GetAuthorizationToken", "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage"),
    *("ecr:GetDownloadUrlForLayer", "ecr:DescribeImages", "ecr:DescribeRepositories", "ecr:ListImages"),
]


def own_identities(account_id: str) -> str:
    """For services that only answer, or whose things cannot be anybody else's."""
    return _document({**_allow("OwnIdentities", "*"), "Condition": _ours(account_id)})


def own_identities_and_things(account_id: str) -> str:
    """For services that take data. Calls that name no thing, such as lists, carry no owner of one."""
    things = {"StringEqualsIfExists": {"aws:ResourceAccount": account_id}}
    return _document({**_allow("OwnIdentitiesAndThings", "*"), "Condition": _ours(account_id) | things})


def images(account_id: str) -> str:
    """Pull from anywhere (EKS add-ons and node images come from AWS's own accounts), push to this account only."""
    pull = {**_allow("Pull", _PULLS), "Condition": _ours(account_id)}
    own = {"StringEquals": {"aws:PrincipalAccount": account_id, "aws:ResourceAccount": account_id}}
    return _document(pull, {**_allow("OwnRepositories", "ecr:*"), "Condition": own})


def s3(account_id: str, region: str) -> str:
    """ECR hands image layers out as signed links into a bucket of AWS's, which no identity of ours has signed."""
    own = {"StringEquals": {"aws:PrincipalAccount": account_id, "aws:ResourceAccount": account_id}}
    layers = f"arn:aws:s3:::prod-{region}-starport-layer-bucket/*"
    return _document(
        {**_allow("OwnBuckets", "s3:*"), "Condition": own},
        {**_allow("ImageLayers", "s3:GetObject"), "Resource": layers},
    )


def _ours(account_id: str) -> dict[str, dict[str, str]]:
    return {"StringEquals": {"aws:PrincipalAccount": account_id}}


def _allow(sid: str, actions: str | list[str]) -> dict[str, object]:
    return {"Sid": sid, "Effect": "Allow", "Principal": "*", "Action": actions, "Resource": "*"}


def _document(*statements: dict[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
