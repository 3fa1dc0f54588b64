"""Only services are used that AWS signs for and that this pack has rules for."""

from policies.core.graph import Graph
from policies.core.resource import NotApplicable
from policies.core.rule import Binds, Problem, Problems, Severity, stack_rule

#: Services with which AWS signs for health data, by the name that Pulumi gives them, and those that hold none.
#: As of 2026-11-21, from what is public beside AWS' own page (its whitepaper, last of 2021, copies of the page), not
#: held against it entry by entry; the page that LL-RET-001 links to is the authority, and grows.
ELIGIBLE = frozenset(
    [
        "accessanalyzer",
        "acm",
        "acmpca",
        "apigateway",
        "apigatewayv2",
        "appautoscaling",
        "athena",
        "autoscaling",
        "backup",
        "bedrock",
        "budgets",
        "cfg",
        "cloudformation",
        "cloudfront",
        "cloudtrail",
        "cloudwatch",
        "codebuild",
        "cognito",
        "costexplorer",
        "detective",
        "directconnect",
        "dynamodb",
        "ebs",
        "ec2",
        "ec2transitgateway",
        "ecr",
        "ecs",
        "efs",
        "eks",
        "elasticache",
        "fis",
        "glacier",
        "globalaccelerator",
        "glue",
        "guardduty",
        "iam",
        "imagebuilder",
        "inspector",
        "inspector2",
        "kinesis",
        "kms",
        "lambda",
        "lb",
        "macie",
        "macie2",
        "networkfirewall",
        "networkmanager",
        "opensearch",
        "organizations",
        "pinpoint",
        "pipes",
        "ram",
        "rds",
        "resourceexplorer",
        "resourcegroups",
        "route53",
        "route53domains",
        "route53recoverycontrol",
        "s3",
        "s3control",
        "scheduler",
        "secretsmanager",
        "securityhub",
        "securitylake",
        "servicecatalog",
        "servicediscovery",
        "servicequotas",
        "sesv2",
        "ses",
        "sfn",
        "shield",
        "sns",
        "sqs",
        "ssm",
        "ssmcontacts",
        "ssmincidents",
        "ssoadmin",
        "sts",
        "synthetics",
        "transfer",
        "verifiedaccess",
        "vpc",
        "vpclattice",
        "waf",
        "wafv2",
        "xray",
        "batch",
        "codepipeline",
        "codecommit",
        "codedeploy",
        "comprehendmedical",
        "healthlake",
        "datasync",
        "dlm",
        "fsx",
        "mq",
        "msk",
        "neptune",
        "docdb",
        "memorydb",
        "redshift",
        "sagemaker",
        "timestreamwrite",
        "workspaces",
        "appmesh",
        "applicationinsights",
        "cloudhsmv2",
        "oam",
        "rum",
        "notifications",
    ]
)
#: Eligible in themselves, but none of the documents uses them: no rule here looks into them, so nothing would.
UNUSED = frozenset(
    [
        "apigateway",
        "apigatewayv2",
        "codebuild",
        "dms",
        "dynamodb",
        "ecs",
        "efs",
        "elasticache",
        "elasticbeanstalk",
        "elasticsearch",
        "elb",
        "emr",
        "kinesisvideo",
        "opensearch",
        "redshift",
        "sagemaker",
        "neptune",
        "docdb",
        "memorydb",
        "msk",
        "batch",
        "lightsail",
        "workspaces",
    ]
)
_UNUSED_TYPES = ("aws:rds/cluster:Cluster", "aws:kinesis/stream:Stream", "aws:ec2/vpnConnection:VpnConnection")


@stack_rule(
    "LL-RET-001",
    "Only services are used that AWS signs for",
    severity=Severity.CRITICAL,
    why="Health data in a service outside the business associate agreement is a breach by itself.",
    fix="a service of the list, or the list with the agreement in hand",
    link="https://aws.amazon.com/compliance/hipaa-eligible-services-reference/",
    binds=Binds.HIPAA,
)
def eligible_services(graph: Graph) -> Problems:
    used = [each for each in graph.resources if each.type.startswith("aws:")]
    if not used:
        raise NotApplicable("no AWS resource")
    for each in used:
        if each.service not in ELIGIBLE and each.service not in ("index", "region"):
            yield Problem("", "an eligible service", each.type, each)


@stack_rule(
    "LL-RET-002",
    "Only services are used that this pack has rules for",
    severity=Severity.HIGH,
    why="46 rules of AWS' HIPAA pack concern services that no document uses: using none of them answers all of them.",
    fix="a service that the platform has, or rules for the new one first",
    link="https://docs.aws.amazon.com/config/latest/developerguide/operational-best-practices-for-hipaa_security.html",
    binds=Binds.HIPAA,
)
def covered_services(graph: Graph) -> Problems:
    used = [each for each in graph.resources if each.type.startswith("aws:")]
    if not used:
        raise NotApplicable("no AWS resource")
    for each in used:
        if each.service in UNUSED or each.type in _UNUSED_TYPES:
            yield Problem("", "a service that rules look into", each.type, each)
