"""Route 53 asks the documented endpoints from several continents, as a visitor would.

Costs a month, us-east-1 list prices of 2026-11: 0.75 USD a check, 1 USD each for HTTPS, fast, text and latency.
"""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.naming import Naming
from systems.model import HealthCheck, HostServes, System


@dataclass(frozen=True, kw_only=True)
class HealthChecksArgs:
    """`recovery` chooses the hosts that the recovery region answers for, instead of all others."""

    system: System
    domain: str
    recovery: bool = False


class HealthChecks(pulumi.ComponentResource):
    """One check for every endpoint that a document wants asked from outside, and one for the crisis page."""

    ids: dict[str, pulumi.Output[str]]

    def __init__(self, name: str, args: HealthChecksArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:aws:HealthChecks", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self.ids = {}
        for check in self._documented():
            self._create(check.name, check.host, check.path, _expected_text(check))
        if args.system.crisis and not args.recovery:
            self._create("crisis-page", "", args.system.crisis.page_path, args.system.crisis.hotlines[0].number)
        self.register_outputs({"ids": self.ids})

    def _documented(self) -> list[HealthCheck]:
        serves = {host.label: host.serves for host in self._args.system.edge.hosts}
        return [
            check
            for check in self._args.system.outside_checks
            if (serves[check.host] is HostServes.RECOVERY_REGION) == self._args.recovery
        ]

    def _create(self, purpose: str, label: str, path: str, text: str | None) -> None:
        """Ten seconds in production: half a minute until three agree is a tenth of the shortest recovery time."""
        check = aws.route53.HealthCheck(
            f"{self._name}-{purpose}",
            type="HTTPS_STR_MATCH" if text else "HTTPS",
            fqdn=f"{label}.{self._args.domain}" if label else self._args.domain,
            port=443,
            resource_path=path,
            search_string=text,
            request_interval=10 if self._args.system.production else 30,
            failure_threshold=3,
            measure_latency=True,
            enable_sni=True,
            tags={**self._naming.tags("health-checks"), "Name": self._naming.name(purpose)},
            opts=ResourceOptions(parent=self),
        )
        self.ids[purpose] = check.id


def _expected_text(check: HealthCheck) -> str | None:
    """A text in the body can be looked for with its quotes: "unhealthy" does not hold `"healthy"`. Numbers and truth
    values cannot, since it is open how an application writes the space before them; the JSON exporter reads those."""
    texts = [wanted.equals for wanted in check.body if isinstance(wanted.equals, str)]
    return f'"{texts[0]}"' if texts else None
