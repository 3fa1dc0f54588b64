"""What AWS runs for the stack outlives a zone and a slip of the hand."""

import re

from policies.context import context_of
from policies.core.graph import Graph
from policies.core.resource import NotApplicable, Resource
from policies.core.rule import Problem, Problems, Severity, rule, stack_rule
from policies.joins.databases import is_replica

_DATABASE = "aws:rds/instance:Instance"
_BALANCER = "aws:lb/loadBalancer:LoadBalancer"
_NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
_SUBNET = "aws:ec2/subnet:Subnet"
_STATEFUL = (
    _DATABASE,
    "aws:eks/cluster:Cluster",
    "aws:kms/key:Key",
    "aws:secretsmanager/secret:Secret",
    "aws:cloudtrail/trail:Trail",
)
_RDS = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide"
_ELB = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application"
#: In Sentinel's own configuration, or in the settings of a script that writes it.
_QUORUM = re.compile(r"^\s*(?:sentinel monitor \S+ \S+ \S+ |(?:SENTINEL_)?QUORUM=['\"]?)(\d+)['\"]?\s*$", re.MULTILINE)


def _in_staging(resource: Resource) -> bool:
    return resource.get("tags", {}).get("lifeline:environment") == "staging"


def _production_alone(resource: Resource) -> None:
    if _in_staging(resource):
        raise NotApplicable("staging is made and taken down")


@rule(
    "LL-AVL-020",
    "The database has a standby in another zone",
    _DATABASE,
    severity=Severity.CRITICAL,
    why="A zone fails some day; without a standby the platform waits for a restore of hours.",
    fix="multi_az=True",
    link=f"{_RDS}/Concepts.MultiAZSingleStandby.html",
)
def database_has_standby(database: Resource, graph: Graph) -> Problems:
    if is_replica(database):
        raise NotApplicable("a replica: the primary has the standby")
    system = context_of(graph).system
    if system is not None and not system.database.multi_az:
        raise NotApplicable("at this level of availability the platform asks for none")
    if database.get("multiAz") is not True:
        yield Problem("multiAz", "true", database.get("multiAz"))


@rule(
    "LL-AVL-021",
    "Databases of production cannot be deleted by mistake",
    _DATABASE,
    severity=Severity.CRITICAL,
    why="One wrong line in a program and one yes would otherwise end it.",
    fix="deletion_protection=True",
    link=f"{_RDS}/USER_DeleteInstance.html",
)
def database_stays(database: Resource, graph: Graph) -> Problems:
    _production_alone(database)
    if database.get("deletionProtection") is not True:
        yield Problem("deletionProtection", "true", database.get("deletionProtection"))


@rule(
    "LL-AVL-022",
    "What holds state in production is protected by the engine too",
    *_STATEFUL,
    severity=Severity.HIGH,
    why="A renamed component is a replaced one: the engine then refuses, instead of deleting the old.",
    fix="opts=ResourceOptions(protect=True)",
    link="https://www.pulumi.com/docs/iac/concepts/options/protect/",
)
def protected(resource: Resource, graph: Graph) -> Problems:
    _production_alone(resource)
    if not resource.protected:
        yield Problem("opts.protect", "true", False)


@rule(
    "LL-AVL-023",
    "The database leaves a last snapshot",
    _DATABASE,
    severity=Severity.HIGH,
    why="Deleted on purpose or not, what it held can be brought back.",
    fix="skip_final_snapshot=False, final_snapshot_identifier=...",
    link=f"{_RDS}/USER_DeleteInstance.html",
)
def last_snapshot(database: Resource, graph: Graph) -> Problems:
    if is_replica(database):
        raise NotApplicable("a replica: RDS makes no last snapshot of one")
    _production_alone(database)
    if database.get("skipFinalSnapshot", False):
        yield Problem("skipFinalSnapshot", "false", True)
    elif not database.get("finalSnapshotIdentifier"):
        yield Problem("finalSnapshotIdentifier", "a name", None)


@rule(
    "LL-AVL-024",
    "The database's disk grows before it is full",
    _DATABASE,
    severity=Severity.MEDIUM,
    why="A full disk stops every write, and nobody is awake to enlarge it.",
    fix="max_allocated_storage=2000",
    link=f"{_RDS}/USER_PIOPS.Autoscaling.html",
)
def disk_grows(database: Resource, graph: Graph) -> Problems:
    most, now = database.get("maxAllocatedStorage", 0), database.get("allocatedStorage", 0)
    if most <= now:
        yield Problem("maxAllocatedStorage", f"more than {now}", most or None)


@rule(
    "LL-AVL-025",
    "The database may stand in several zones",
    "aws:rds/subnetGroup:SubnetGroup",
    severity=Severity.HIGH,
    why="A standby needs a place in another zone.",
    fix="subnet_ids of three zones",
    link=f"{_RDS}/USER_VPC.WorkingWithRDSInstanceinaVPC.html",
)
def database_zones(group: Resource, graph: Graph) -> Problems:
    yield from _several_zones(group, "subnetIds", graph)


@rule(
    "LL-AVL-026",
    "Balancers stand in several zones",
    _BALANCER,
    severity=Severity.HIGH,
    why="With its zone the only way in would be lost.",
    fix="subnets of three zones",
    link=f"{_ELB}/application-load-balancers.html",
)
def balancer_zones(balancer: Resource, graph: Graph) -> Problems:
    yield from _several_zones(balancer, "subnets", graph)


def _several_zones(resource: Resource, path: str, graph: Graph) -> Problems:
    subnets = graph.referred(resource, path, _SUBNET)
    zones = {str(each.get("availabilityZone") or each.get("availabilityZoneId") or each.urn) for each in subnets}
    count = len(zones) if subnets else len(set(resource.texts(path)))
    if count < 2:
        yield Problem(path, "subnets of two zones at least", count)


@rule(
    "LL-AVL-027",
    "Balancers of production cannot be deleted by mistake",
    _BALANCER,
    severity=Severity.HIGH,
    why="It is the only way to the platform, and its name would be another one afterwards.",
    fix="enable_deletion_protection=True",
    link=f"{_ELB}/edit-load-balancer-attributes.html",
)
def balancer_stays(balancer: Resource, graph: Graph) -> Problems:
    _production_alone(balancer)
    if balancer.get("enableDeletionProtection") is not True:
        yield Problem("enableDeletionProtection", "true", balancer.get("enableDeletionProtection"))


@rule(
    "LL-AVL-028",
    "Balancers ask their targets how they are, and often enough",
    "aws:lb/targetGroup:TargetGroup",
    severity=Severity.HIGH,
    why="Until the balancer knows, it goes on sending people to a dead server.",
    fix='health_check={"path": "/health", "interval": 5, "unhealthy_threshold": 3}',
    link=f"{_ELB}/target-group-health-checks.html",
)
def targets_asked(group: Resource, graph: Graph) -> Problems:
    if group.get("healthCheck") is None:
        yield Problem("healthCheck", "a health check", None)
        return
    if group.get("healthCheck.enabled", True) is False:
        yield Problem("healthCheck.enabled", "true", False)
    seconds = group.get("healthCheck.interval", 30) * group.get("healthCheck.unhealthyThreshold", 3)
    if seconds > 60:
        yield Problem("healthCheck.interval", "a dead target is out after 60 seconds", f"{seconds} seconds")


@stack_rule(
    "LL-AVL-029",
    "Nodes of a cluster stand in several zones",
    severity=Severity.HIGH,
    why="Pods are spread over zones only where there are nodes.",
    fix="a node group for each zone",
    link="https://docs.aws.amazon.com/eks/latest/best-practices/data-plane.html",
    needs=(_NODE_GROUP,),
)
def node_zones(graph: Graph) -> Problems:
    clusters: dict[str, set[str]] = {}
    for group in graph.of(_NODE_GROUP):
        cluster = graph.one(group, "clusterName", "aws:eks/cluster:Cluster")
        name = cluster.name if cluster else str(group.get("clusterName"))
        subnets = [each.urn for each in graph.referred(group, "subnetIds", _SUBNET)] or group.texts("subnetIds")
        clusters.setdefault(name, set()).update(subnets)
    for name, subnets in sorted(clusters.items()):
        if len(subnets) < 2:
            yield Problem(f"node groups of {name}", "subnets of two zones at least", len(subnets))


@rule(
    "LL-AVL-030",
    "A majority of Sentinels decides",
    "kubernetes:core/v1:ConfigMap",
    severity=Severity.HIGH,
    why="With a quorum of one, a Sentinel that lost its network makes a second master.",
    fix="sentinel monitor mymaster host 6379 2, with three Sentinels",
    link="https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/",
)
def sentinel_majority(settings: Resource, graph: Graph) -> Problems:
    found = False
    for name, text in settings.get("data", {}).items():
        for quorum in _QUORUM.findall(str(text)):
            found = True
            if int(quorum) < 2:
                yield Problem(f"data[{name}]", "a quorum of 2 at least", f"a quorum of {quorum}")
    if not found:
        raise NotApplicable("no settings of Sentinel")


@stack_rule(
    "LL-AVL-031",
    "The database has the documented replicas",
    severity=Severity.HIGH,
    why="Reads, and the region's survival, were reckoned with them.",
    fix="a replica for each that the document names; one in the recovery region where it asks for one",
    link=f"{_RDS}/USER_ReadRepl.html",
    needs=(_DATABASE,),
)
def documented_replicas(graph: Graph) -> Problems:
    system = context_of(graph).system
    if system is None:
        raise NotApplicable("no documented platform")
    wanted = system.database.replicas + int(system.database.recovery_replica)
    found = len([each for each in graph.of(_DATABASE) if is_replica(each)])
    if found < wanted:
        yield Problem("replicas of the database", f"{wanted} at least", found)
