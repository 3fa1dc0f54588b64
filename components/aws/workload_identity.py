"""The AWS roles of a platform's programs: each reads its own secrets, and who stores uploads has the bucket."""

from collections.abc import Callable
from typing import Protocol

import pulumi
import pulumi_aws as aws

from components.aws.cluster import Cluster
from components.aws.uploads import Uploads
from systems.model import System


class Readable(Protocol):
    """The platform's secrets, or their copies in the recovery region."""

    def reading(self, *secrets: str) -> pulumi.Output[str]: ...


def granting(
    system: System, cluster: Cluster, secrets: Readable, uploads: Uploads | None, namespace: pulumi.Input[str]
) -> Callable[[str, tuple[str, ...]], aws.iam.Role | None]:
    """`grant(service account, names of secrets)`; a program that needs nothing of AWS gets no role at all."""
    storing = {workload.name for workload in system.workloads if workload.stores_uploads}

    def grant(account: str, names: tuple[str, ...]) -> aws.iam.Role | None:
        stores = uploads is not None and account in storing
        if not names and not stores:
            return None
        return cluster.grant(
            service_account=account,
            namespace=namespace,
            policy=secrets.reading(*dict.fromkeys(names)) if names else None,
            statements=uploads.rights() if uploads is not None and stores else (),
        )

    return grant
