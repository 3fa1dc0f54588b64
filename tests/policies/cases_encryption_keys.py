"""Cases of policies/rules/encryption_keys.py."""

import json

from tests.policies.cases import UNKNOWN, Cases, aws, stack
from tests.policies.of_property import ELSEWHERE, about

KEY = "kms/key:Key"
REPLICA = "kms/replicaKey:ReplicaKey"


def _for(principal: object, **condition: object) -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "kms:Decrypt", "Resource": "*"}
    return json.dumps({"Statement": [{**statement, **({"Condition": condition} if condition else {})}]})


def _private(**given: object) -> dict[str, object]:
    from tests.policies.cases import Given

    return {"key": Given("tls:index/privateKey:PrivateKey", dict(given))}


def _password(**given: object) -> dict[str, object]:
    from tests.policies.cases import Given

    return {"password": Given("random:index/randomPassword:RandomPassword", dict(given))}


CASES = {
    "LL-ENC-020": about(KEY, "enableKeyRotation", [True], [False], literal=True),
    "LL-ENC-021": about(KEY, "deletionWindowInDays", [30], [7, 14], missing=False),
    "LL-ENC-022": Cases(
        passing=[stack(k=aws(KEY)), stack(k=aws(KEY, isEnabled=True))],
        failing=[
            stack(k=aws(KEY, isEnabled=False)),
            stack(k=aws(REPLICA, enabled=False)),
            stack(k=aws(KEY, isEnabled=UNKNOWN)),
        ],
        not_applicable=[ELSEWHERE],
        without={"unknown": "a literal that nobody can know counts as wrong"},
    ),
    "LL-ENC-023": Cases(
        passing=[
            stack(k=aws(KEY, policy=_for({"AWS": "arn:aws:iam::111122223333:root"}))),
            stack(k=aws(KEY, policy=_for("*", StringEquals={"kms:CallerAccount": "111122223333"}))),
        ],
        failing=[stack(k=aws(KEY, policy=_for("*"))), stack(k=aws(REPLICA, policy=_for({"AWS": ["*"]})))],
        not_applicable=[stack(k=aws(KEY)), ELSEWHERE],
        unknown=[stack(k=aws(KEY, policy=UNKNOWN))],
    ),
    "LL-ENC-024": about(KEY, "bypassPolicyLockoutSafetyCheck", [False], [True], literal=True, missing=False),
    "LL-ENC-025": Cases(
        passing=[
            _private(algorithm="RSA", rsaBits=4096),
            _private(algorithm="ECDSA", ecdsaCurve="P256"),
            _private(algorithm="ED25519"),
        ],
        failing=[_private(algorithm="RSA", rsaBits=1024), _private(algorithm="ECDSA", ecdsaCurve="P224")],
        not_applicable=[ELSEWHERE],
        unknown=[_private(algorithm=UNKNOWN)],
    ),
    "LL-ENC-026": Cases(
        passing=[
            stack(c=aws("acm/certificate:Certificate", keyAlgorithm="EC_prime256v1")),
            stack(c=aws("acm/certificate:Certificate")),
        ],
        failing=[
            stack(c=aws("acm/certificate:Certificate", keyAlgorithm="RSA_1024")),
            stack(a=aws("acm/certificate:Certificate"), c=aws("acm/certificate:Certificate", keyAlgorithm="RSA_1024")),
        ],
        not_applicable=[ELSEWHERE],
        unknown=[stack(c=aws("acm/certificate:Certificate", keyAlgorithm=UNKNOWN))],
    ),
    "LL-ENC-027": Cases(
        passing=[_password(length=48)],
        failing=[_password(length=12), _password(length=19)],
        not_applicable=[ELSEWHERE],
        unknown=[_password(length=UNKNOWN)],
    ),
}
