"""Every secret of the platform in Secrets Manager, under the secrets key, readable by named roles only.

Generated ones and key rings get a first value here; a supplied one gets what the stack's configuration holds, or stays
an empty slot. From then on the value belongs to operations: `up` never writes it again.

Costs a month, us-east-1 list price of 2026-11: 0.40 USD a secret and as much for its replica; 15 secrets: 12 USD.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import pulumi
import pulumi_aws as aws
import pulumi_random as random
from pulumi import ResourceOptions

from components.aws import secret_policies, secret_values
from components.aws.secret_values import Kept
from components.naming import DataClass, Naming
from components.operations_owned import fields
from rendering.conformance_pack import BY_SECRETS_MANAGER, RENEWED_BY
from systems.model import System

_RECOVERY_WINDOW_DAYS = {True: 30, False: 7}


@dataclass(frozen=True, kw_only=True)
class SecretsArgs:
    """`supplied` holds values by the names of the spec; what is missing stays empty until operations fill it."""

    system: System
    account_id: str
    key_arn: pulumi.Input[str]
    supplied: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    recovery_region: str = ""
    """Where a copy of every secret lies; none without."""
    recovery_key_arn: pulumi.Input[str] | None = None
    operators: tuple[str, ...] = ("lifeline-*",)
    """Roles of the account that deploy and operate, by name or pattern."""


class Secrets(pulumi.ComponentResource):
    """`secrets.arn("cache")` for wiring, `secrets.reading("cache")` for the policy of a role that reads it."""

    arns: pulumi.Output[Mapping[str, str]]

    def __init__(self, name: str, args: SecretsArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:aws:Secrets", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self.kept = {each.name: each for each in secret_values.kept(args.system)}
        self._values: dict[str, pulumi.Output[str]] = {}
        self._secrets = {each.name: self._create_secret(each) for each in self.kept.values()}
        for each in self.kept.values():
            self._guard(each, self._fill(each))
        self.arns = pulumi.Output.all(**{secret: made.arn for secret, made in self._secrets.items()})
        self.register_outputs({"arns": self.arns})

    def arn(self, secret: str) -> pulumi.Output[str]:
        return self._secrets[self._known(secret)].arn

    def name_of(self, secret: str) -> str:
        """Its name in Secrets Manager."""
        return self._naming.path(self._known(secret))

    def field(self, secret: str) -> str:
        """What its readers take out of the JSON (`jmesPath`); empty where the whole value is meant."""
        return secret_values.field(self.kept[self._known(secret)])

    def first_password(self, secret: str) -> pulumi.Output[str]:
        """For a server that is created with one; whoever uses it must ignore later changes."""
        return self._values[self._known(secret)]

    def reading(self, *secrets: str) -> pulumi.Output[str]:
        """The policy of a role that reads these and nothing else."""
        return secret_policies.reading([self.arn(each) for each in secrets], self._args.key_arn)

    def renewing(self, *secrets: str) -> pulumi.Output[str]:
        """The policy of a role that makes new versions of these and of nothing else."""
        return secret_policies.renewing([self.arn(each) for each in secrets], self._args.key_arn)

    def copies(self) -> "SecretCopies":
        """The same secrets in the recovery region."""
        return SecretCopies(self._secrets, self._args.recovery_region, self._args.recovery_key_arn)

    def changing(self) -> tuple[Kept, ...]:
        """Those that the rotation's function renews."""
        return tuple(each for each in self.kept.values() if each.generated and rotated_by(each) == "rotation")

    def renewed_elsewhere(self) -> Sequence[str]:
        """Names in Secrets Manager of those that it renews nothing of: only somebody who looks knows their age."""
        return [self.name_of(each.name) for each in self.kept.values() if renewed_by(each) != BY_SECRETS_MANAGER]

    def _places(self) -> tuple[Naming, ...]:
        """The copies carry the same policy, and are read by the roles of their own region."""
        there = (replace(self._naming, place="recovery"),) if self._args.recovery_region else ()
        return (self._naming, *there)

    def _known(self, secret: str) -> str:
        if secret not in self.kept:
            raise KeyError(f"{self._args.system.name} has no secret {secret!r}; it has {', '.join(self.kept)}")
        return secret

    def _create_secret(self, secret: Kept) -> aws.secretsmanager.Secret:
        production = self._args.system.production
        copy = {"region": self._args.recovery_region, "kms_key_id": self._args.recovery_key_arn}
        return aws.secretsmanager.Secret(
            f"{self._name}-{secret.name}",
            name=self._naming.path(secret.name),
            description=f"{secret.kind}, read by {', '.join(secret.readers)}",
            kms_key_id=self._args.key_arn,
            replicas=[copy] if self._args.recovery_region else None,
            recovery_window_in_days=_RECOVERY_WINDOW_DAYS[production],
            tags=self._naming.tags(
                "secrets", DataClass.SECRETS, **{"lifeline:secret-kind": secret.kind, RENEWED_BY: renewed_by(secret)}
            ),
            opts=ResourceOptions(parent=self, protect=production),
        )

    def _fill(self, secret: Kept) -> list[pulumi.Resource]:
        """The first version, if there is a value for it."""
        if secret.generated:
            made = self._random(secret)
            self._values[secret.name] = made
            value = made.apply(lambda text: secret_values.first_value(self._args.system, secret, text))
        elif secret.name in self._args.supplied:
            value = pulumi.Output.secret(self._args.supplied[secret.name])
        else:
            return []
        version = aws.secretsmanager.SecretVersion(
            f"{self._name}-{secret.name}-first",
            secret_id=self._secrets[secret.name].id,
            secret_string=pulumi.Output.secret(value),
            version_stages=["AWSCURRENT", secret_values.FIRST],
            opts=ResourceOptions(parent=self, ignore_changes=fields("aws:secretsmanager/secretVersion:SecretVersion")),
        )
        return [version]

    def _random(self, secret: Kept) -> pulumi.Output[str]:
        """Keys are hexadecimal, which is what programs that encrypt ask for; all else is letters and digits."""
        if secret.kind == "key-ring":
            key = random.RandomBytes(
                f"{self._name}-{secret.name}-value",
                length=secret.characters // 2,
                opts=ResourceOptions(parent=self, additional_secret_outputs=["hex", "base64"]),
            )
            return key.hex
        password = random.RandomPassword(
            f"{self._name}-{secret.name}-value",
            length=secret.characters,
            special=False,
            opts=ResourceOptions(parent=self, additional_secret_outputs=["result", "bcryptHash"]),
        )
        return password.result

    def _guard(self, secret: Kept, filled: list[pulumi.Resource]) -> None:
        """After the first version: whoever deploys without being an operator gets this far, and sees why."""
        aws.secretsmanager.SecretPolicy(
            f"{self._name}-{secret.name}-policy",
            secret_arn=self._secrets[secret.name].arn,
            policy=secret_policies.guarding(
                account_id=self._args.account_id,
                writers=(*self._args.operators, self._naming.name(rotated_by(secret), limit=64)),
                readers=tuple(
                    f"{naming.name(reader)}*"
                    for naming in self._places()
                    for reader in secret_policies.readers(secret.name, secret.readers)
                ),
            ),
            block_public_policy=True,
            opts=ResourceOptions(parent=self, depends_on=filled),
        )


def renewed_by(secret: Kept) -> str:
    """rotation, cache-rotation, or the provider that alone can make it."""
    return rotated_by(secret) if secret.generated else "provider"


def rotated_by(secret: Kept) -> str:
    """Whose role makes new versions: servers of the cache can be told from inside the cluster alone."""
    return "cache-rotation" if secret.kind == "redis" else "rotation"


class SecretCopies:
    """What `Secrets` says of its secrets, for their copies: another region and key, the same names."""

    def __init__(
        self,
        secrets: Mapping[str, aws.secretsmanager.Secret],
        region: str,
        key_arn: pulumi.Input[str] | None,
    ) -> None:
        if not region or key_arn is None:
            raise ValueError("secrets have no copies: recovery_region and recovery_key_arn were not given")
        self._secrets, self._region, self._key_arn = secrets, region, key_arn

    @property
    def arns(self) -> Mapping[str, pulumi.Output[str]]:
        return {name: self.arn(name) for name in self._secrets}

    def arn(self, secret: str) -> pulumi.Output[str]:
        return self._secrets[secret].arn.apply(self._there)

    def reading(self, *secrets: str) -> pulumi.Output[str]:
        """The policy of a role that reads these and nothing else."""
        return secret_policies.reading([self.arn(each) for each in secrets], self._key_arn)

    def _there(self, arn: str) -> str:
        """AWS gives a copy its original's name, with the same random letters."""
        prefix, partition, service, _, rest = arn.split(":", 4)
        return ":".join((prefix, partition, service, self._region, rest))
