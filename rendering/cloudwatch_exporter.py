"""Configuration of yet-another-cloudwatch-exporter: what only AWS knows of a platform, found by our tags.

Every metric asked for costs: there are as many as rules and dashboards use (the catalogue's, source AWS), no more.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from systems.model import RecoveryLevel, System

Json = dict[str, object]

PERIOD_SECONDS = 60
#: CloudWatch's figures arrive late; five minutes hold at least one of each.
LENGTH_SECONDS = 300
#: Figures of what is everywhere (CloudFront, Route 53) are in this region alone.
GLOBAL_REGION = "us-east-1"
DAY_SECONDS = 86_400
#: What the exporter may do, and nothing else.
ACTIONS = ("cloudwatch:GetMetricData", "cloudwatch:GetMetricStatistics", "cloudwatch:ListMetrics", "tag:GetResources")


@dataclass(frozen=True)
class Asked:
    """A metric of CloudWatch and the statistics kept of it."""

    name: str
    statistics: tuple[str, ...]


DATABASE = (
    Asked("ReplicaLag", ("Maximum",)),
    Asked("CPUUtilization", ("Average",)),
    Asked("FreeStorageSpace", ("Minimum",)),
    Asked("FreeableMemory", ("Minimum",)),
    Asked("DatabaseConnections", ("Maximum",)),
    Asked("ReadIOPS", ("Average",)),
    Asked("WriteIOPS", ("Average",)),
)
BALANCER = (Asked("HTTPCode_ELB_5XX_Count", ("Sum",)), Asked("RequestCount", ("Sum",)))
#: Of the standby's proxies; visitors' own are counted where they are, by the proxies themselves.
STANDBY = (Asked("HealthyHostCount", ("Minimum",)),)
DISTRIBUTION = (Asked("5xxErrorRate", ("Average",)), Asked("Requests", ("Sum",)))
HEALTH_CHECKS = (Asked("HealthCheckPercentageHealthy", ("Average",)), Asked("HealthCheckStatus", ("Minimum",)))
CERTIFICATES = (Asked("DaysToExpiry", ("Minimum",)),)


def configuration(system: System, region: str, recovery_region: str) -> str:
    """The whole file; `yace verify-config` reads it."""
    jobs = list(_jobs(system, region, recovery_region))
    tags = {namespace: ["Name", "lifeline:check"] for namespace in sorted({str(job["type"]) for job in jobs})}
    return yaml.safe_dump(
        {
            "apiVersion": "v1alpha1",
            "sts-region": region,
            "discovery": {"exportedTagsOnMetrics": tags, "jobs": jobs},
        },
        sort_keys=False,
        width=120,
    )


def _jobs(system: System, region: str, recovery_region: str) -> Iterator[Json]:
    both = [region, recovery_region] if system.database.recovery_replica else [region]
    yield _job(system, "AWS/RDS", both, DATABASE)
    yield _job(system, "AWS/ApplicationELB", [region], BALANCER)
    if system.objectives.recovery_level is RecoveryLevel.WARM_STANDBY:
        yield _job(system, "AWS/ApplicationELB", [recovery_region], STANDBY)
    yield _job(system, "AWS/CloudFront", [GLOBAL_REGION], DISTRIBUTION)
    yield _job(system, "AWS/Route53", [GLOBAL_REGION], HEALTH_CHECKS)
    regions = sorted({region, GLOBAL_REGION})
    yield _job(system, "AWS/CertificateManager", regions, CERTIFICATES, DAY_SECONDS)


def _job(system: System, namespace: str, regions: list[str], asked: tuple[Asked, ...], period: int = 0) -> Json:
    """Only what carries this platform's tag: accounts of a landing zone may hold other things."""
    return {
        "type": namespace,
        "regions": regions,
        "searchTags": [
            {"key": "lifeline:system", "value": f"^{system.name}$"},
            {"key": "lifeline:environment", "value": f"^{system.environment}$"},
        ],
        "period": period or PERIOD_SECONDS,
        "length": 2 * period or LENGTH_SECONDS,
        "metrics": [{"name": each.name, "statistics": list(each.statistics)} for each in asked],
    }
