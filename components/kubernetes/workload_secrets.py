"""Secrets of one program: mounted as files by the Secrets Store CSI driver, and copied into variables from there.

A file is named as its variable; the copy is a Secret that exists while a pod mounts the files. A rotated secret appears
in the file within two minutes (the driver's poll), in the variables with the next pod.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes
import yaml
from pulumi import ResourceOptions

from components.aws import secret_values
from systems.model import RoleUse, System

_API_VERSION, _KIND = "secrets-store.csi.x-k8s.io/v1", "SecretProviderClass"
#: What an application reads its database's address and login from, whichever role it runs as.
DATABASE_VARIABLE, OWNER_VARIABLE = "DATABASE_URL", "MIGRATION_DATABASE_URL"
#: Secret of the spec that holds a role's login.
_SECRETS_OF_ROLES = {
    RoleUse.OWNER: "database-owner",
    RoleUse.APPLICATION: "database-application",
    RoleUse.READ_ONLY: "database-reader",
    RoleUse.BACKUP: "database-backup",
    RoleUse.RESTORE: "database-restore",
    RoleUse.MONITORING: "database-monitor",
}


@dataclass(frozen=True)
class File:
    """A file of a secret, and the variables it is copied into. `part` is of its JSON; empty where it is plain text."""

    part: str
    name: str
    variables: tuple[str, ...]


@dataclass(frozen=True)
class Mounted:
    """One secret and its files."""

    secret: str
    files: tuple[File, ...]

    def object(self, arn: str) -> dict[str, object]:
        """As the AWS provider of the driver reads it. The whole of a JSON is a file too: it has the login before."""
        if not self.files[0].part:
            return {"objectName": arn, "objectAlias": self.files[0].name}
        parts = [{"path": each.part, "objectAlias": each.name} for each in self.files]
        return {"objectName": arn, "objectAlias": f"{self.secret}.json", "jmesPath": parts}


def filled(system: System, supplied: Iterable[str]) -> frozenset[str]:
    """Secrets that have a value: those we make, and those the stack was supplied with."""
    made = {each.name for each in secret_values.kept(system) if each.generated}
    return frozenset({*made, *supplied})


def of_workload(system: System, workload: str, filled: frozenset[str]) -> tuple[Mounted, ...]:
    """What the spec lets a workload read and what has a value: a slot without one would keep its pods from starting."""
    return tuple(
        Mounted(each.name, (File(secret_values.field(each), each.variable, (each.variable,)),))
        for each in secret_values.kept(system)
        if workload in each.readers and each.variable and each.name in filled
    )


def of_role(system: System, role: str, mounted: tuple[Mounted, ...]) -> tuple[Mounted, ...]:
    """The same for a job, with the login of its own role in place of the application's."""
    use = next(each.use for each in system.database.roles if each.name == role)
    login = _SECRETS_OF_ROLES[use]
    if use is RoleUse.APPLICATION and any(each.secret == login for each in mounted):
        return mounted
    names = (DATABASE_VARIABLE, OWNER_VARIABLE) if use is RoleUse.OWNER else (DATABASE_VARIABLE,)
    files = (
        File("url", DATABASE_VARIABLE, names),
        File("username", "PGUSER", ("PGUSER",)),
        File("password", "PGPASSWORD", ("PGPASSWORD",)),
    )
    replaced = _SECRETS_OF_ROLES[RoleUse.APPLICATION]
    return (*(each for each in mounted if each.secret != replaced), Mounted(login, files))


def provider_class(
    name: str,
    *,
    copy_name: str,
    namespace: pulumi.Input[str],
    mounted: tuple[Mounted, ...],
    arns: Mapping[str, pulumi.Input[str]],
    parent: pulumi.Resource,
) -> kubernetes.apiextensions.CustomResource:
    """What pods mount, and the Secret of the same name that it is copied into where variables want it."""
    if missing := sorted({each.secret for each in mounted} - arns.keys()):
        raise LookupError(f"{name} reads {', '.join(missing)}; there are secrets {', '.join(sorted(arns))}")
    files = [file for each in mounted for file in each.files]
    data = [{"objectName": file.name, "key": key} for file in files for key in file.variables]
    return kubernetes.apiextensions.CustomResource(
        name,
        api_version=_API_VERSION,
        kind=_KIND,
        metadata={"name": copy_name, "namespace": namespace},
        spec={
            "provider": "aws",
            "parameters": {"objects": _objects(mounted, arns), "usePodIdentity": "true"},
            **({"secretObjects": [{"secretName": copy_name, "type": "Opaque", "data": data}]} if data else {}),
        },
        opts=ResourceOptions(parent=parent),
    )


def _objects(mounted: tuple[Mounted, ...], arns: Mapping[str, pulumi.Input[str]]) -> pulumi.Output[str]:
    def listed(found: list[str]) -> str:
        pairs = zip(found, mounted, strict=True)
        return yaml.safe_dump([each.object(arn) for arn, each in pairs], sort_keys=False)

    return pulumi.Output.all(*(arns[each.secret] for each in mounted)).apply(listed)
