"""Nothing is public: buckets, the account, snapshots, images, documents and functions."""

from policies.core.graph import Graph
from policies.core.resource import Resource
from policies.core.rule import Problem, Problems, Severity, rule, stack_rule
from policies.joins.buckets import BUCKET, parts
from policies.joins.documents import statements
from policies.joins.expect import is_given, literal

_BLOCK = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"
_SNAPSHOTS = "aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess"
_IMAGES = "aws:ec2/imageBlockPublicAccess:ImageBlockPublicAccess"
_MACHINES = ("aws:ec2/instance:Instance", "aws:eks/nodeGroup:NodeGroup")
_FLAGS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
_S3 = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html"
_EBS = "https://docs.aws.amazon.com/ebs/latest/userguide/block-public-access-snapshots.html"
_PUBLIC_ACLS = ("public-read", "public-read-write", "authenticated-read", "website")
_READS = ("s3:get", "s3:list", "s3:*", "*")
_WRITES = ("s3:put", "s3:delete", "s3:*", "*")


@stack_rule(
    "LL-FWL-050",
    "The account blocks public buckets",
    severity=Severity.CRITICAL,
    why="One block over all buckets, also over those that somebody makes by hand.",
    fix="aws.s3.AccountPublicAccessBlock(..., all four True)",
    link=_S3,
    needs=(BUCKET,),
)
def account_block(graph: Graph) -> Problems:
    declared = graph.of(_BLOCK)
    if not declared:
        yield Problem("", f"a resource {_BLOCK}", None)
    for each in declared:
        for flag in _FLAGS:
            yield from literal(each, flag, True)


@rule(
    "LL-FWL-051",
    "Every bucket blocks public access",
    BUCKET,
    severity=Severity.CRITICAL,
    why="The block holds whatever its policy and its lists say later.",
    fix="BucketPublicAccessBlock(..., all four True)",
    link=_S3,
)
def bucket_block(bucket: Resource, graph: Graph) -> Problems:
    blocks = parts(bucket, graph, "publicAccess")
    if not blocks:
        yield Problem("", "a public access block of this bucket", None)
    for each in blocks:
        for flag in _FLAGS:
            yield from literal(each, flag, True)


@rule(
    "LL-FWL-052",
    "No bucket can be read by everybody",
    BUCKET,
    severity=Severity.HIGH,
    why="Open buckets are searched for all the time.",
    fix='name the principals, or a condition such as {"StringEquals": {"AWS:SourceArn": distribution.arn}}',
    link="https://docs.aws.amazon.com/config/latest/developerguide/s3-bucket-public-read-prohibited.html",
)
def no_public_read(bucket: Resource, graph: Graph) -> Problems:
    yield from _public(bucket, graph, _READS, "no reading by everybody")


@rule(
    "LL-FWL-053",
    "No bucket can be written by everybody",
    BUCKET,
    severity=Severity.HIGH,
    why="Whoever writes into it decides what a patient downloads.",
    fix="name the principals",
    link="https://docs.aws.amazon.com/config/latest/developerguide/s3-bucket-public-write-prohibited.html",
)
def no_public_write(bucket: Resource, graph: Graph) -> Problems:
    yield from _public(bucket, graph, _WRITES, "no writing by everybody")


def _public(bucket: Resource, graph: Graph, actions: tuple[str, ...], expected: str) -> Problems:
    for policy in [*graph.referring(bucket, "bucket", "aws:s3/bucketPolicy:BucketPolicy"), bucket]:
        for each in statements(policy, "policy"):
            if each.for_everybody and any(action.lower().startswith(actions) for action in each.actions):
                yield Problem(each.path, expected, ", ".join(each.actions), policy)


@rule(
    "LL-FWL-054",
    "Buckets have no access lists",
    BUCKET,
    severity=Severity.HIGH,
    why="Lists are a second, older way to share that nobody looks at: the owner alone decides.",
    fix='BucketOwnershipControls(rule={"object_ownership": "BucketOwnerEnforced"})',
    link="https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html",
)
def no_access_lists(bucket: Resource, graph: Graph) -> Problems:
    if bucket.get("acl") in _PUBLIC_ACLS:
        yield Problem("acl", "none", bucket.get("acl"))
    owned = parts(bucket, graph, "ownership")
    if not owned:
        yield Problem("", "ownership controls of this bucket", None)
    for each in owned:
        yield from literal(each, "rule.objectOwnership", "BucketOwnerEnforced")


@rule(
    "LL-FWL-055",
    "Objects are not shared by lists of their own",
    "aws:s3/bucketObjectv2:BucketObjectv2",
    "aws:s3/bucketAcl:BucketAcl",
    severity=Severity.HIGH,
    why="One public object is as public as a public bucket.",
    fix="leave acl out",
    link="https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html",
)
def no_object_lists(resource: Resource, graph: Graph) -> Problems:
    if resource.get("acl") in _PUBLIC_ACLS:
        yield Problem("acl", "none", resource.get("acl"))


@stack_rule(
    "LL-FWL-056",
    "Snapshots of volumes cannot be made public",
    severity=Severity.HIGH,
    why="A shared snapshot is a disk of patients' data in anybody's account.",
    fix='aws.ebs.SnapshotBlockPublicAccess(..., state="block-all-sharing")',
    link=_EBS,
    needs=_MACHINES,
)
def snapshots_blocked(graph: Graph) -> Problems:
    declared = graph.of(_SNAPSHOTS)
    if not declared:
        yield Problem("", f"a resource {_SNAPSHOTS}", None)
    for each in declared:
        yield from literal(each, "state", "block-all-sharing")


@stack_rule(
    "LL-FWL-057",
    "Machine images cannot be made public",
    severity=Severity.MEDIUM,
    why="An image carries what was on the machine.",
    fix='aws.ec2.ImageBlockPublicAccess(..., state="block-new-sharing")',
    link="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/block-public-access-to-amis.html",
    needs=_MACHINES,
)
def images_blocked(graph: Graph) -> Problems:
    declared = graph.of(_IMAGES)
    if not declared:
        yield Problem("", f"a resource {_IMAGES}", None)
    for each in declared:
        yield from literal(each, "state", "block-new-sharing")


@rule(
    "LL-FWL-058",
    "Serial consoles are off",
    "aws:ec2/serialConsoleAccess:SerialConsoleAccess",
    severity=Severity.MEDIUM,
    why="A console goes past every firewall.",
    fix="enabled=False",
    link="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configure-access-to-serial-console.html",
)
def no_serial_console(setting: Resource, graph: Graph) -> Problems:
    yield from literal(setting, "enabled", False)


@rule(
    "LL-FWL-059",
    "Systems Manager documents are not public",
    "aws:ssm/document:Document",
    severity=Severity.HIGH,
    why="They say how the platform is run.",
    fix='leave permissions out, or name the accounts instead of "all"',
    link="https://docs.aws.amazon.com/config/latest/developerguide/ssm-document-not-public.html",
)
def document_private(document: Resource, graph: Graph) -> Problems:
    accounts = str(document.get("permissions.accountIds", ""))
    if "all" in [each.strip().lower() for each in accounts.split(",")]:
        yield Problem("permissions.accountIds", "named accounts", accounts)


@rule(
    "LL-FWL-060",
    "Functions are not called by everybody",
    "aws:lambda/permission:Permission",
    severity=Severity.CRITICAL,
    why="Whoever may call the function acts with its role.",
    fix="source_account or source_arn beside the principal",
    link="https://docs.aws.amazon.com/config/latest/developerguide/lambda-function-public-access-prohibited.html",
)
def function_private(permission: Resource, graph: Graph) -> Problems:
    narrowed = any(is_given(permission, path) for path in ("sourceAccount", "sourceArn", "principalOrgId"))
    if permission.get("principal") == "*" or (str(permission.get("principal")).endswith(".com") and not narrowed):
        yield Problem("principal", "a principal narrowed by its account", permission.get("principal"))


@rule(
    "LL-FWL-061",
    "Addresses of functions ask who calls",
    "aws:lambda/functionUrl:FunctionUrl",
    severity=Severity.CRITICAL,
    why="Without it the function is an unguarded door beside the edge.",
    fix='authorization_type="AWS_IAM"',
    link="https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html",
)
def function_url(url: Resource, graph: Graph) -> Problems:
    yield from literal(url, "authorizationType", "AWS_IAM")


@rule(
    "LL-FWL-062",
    "Topics and queues are not for everybody",
    "aws:sns/topicPolicy:TopicPolicy",
    "aws:sqs/queuePolicy:QueuePolicy",
    severity=Severity.HIGH,
    why="Anybody could raise a false alarm, or read the true ones.",
    fix='a condition such as {"StringEquals": {"aws:SourceAccount": account}}',
    link="https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html",
)
def topic_private(policy: Resource, graph: Graph) -> Problems:
    for each in statements(policy, "policy"):
        if each.for_everybody:
            yield Problem(each.path, "named principals or a condition", "*")


@rule(
    "LL-FWL-063",
    "Clusters' volumes and databases' snapshots are not shared",
    "aws:rds/snapshot:Snapshot",
    "aws:ec2/snapshotCreateVolumePermission:SnapshotCreateVolumePermission",
    severity=Severity.CRITICAL,
    why="Whoever gets a snapshot gets everything in it.",
    fix="leave shared_accounts out; copies go to the recovery region of the same account",
    link="https://docs.aws.amazon.com/config/latest/developerguide/rds-snapshots-public-prohibited.html",
)
def snapshot_private(snapshot: Resource, graph: Graph) -> Problems:
    for account in snapshot.texts("sharedAccounts"):
        if account == "all":
            yield Problem("sharedAccounts", "accounts of one's own", account)
    if snapshot.get("accountId") == "all":
        yield Problem("accountId", "accounts of one's own", "all")
