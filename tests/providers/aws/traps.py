# ruff: noqa: E501  (a table: one trap a line)
"""Sixty inputs that AWS refuses and the emulator swallows: a class that does not exist, 99 days, a policy that is no JSON.

`{vpc}`, `{subnet}` and so on stand for things that really exist in the emulated account (see test_traps.py), so that
nothing but the one wrong value could be the reason for a refusal.
"""

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Trap:
    """`wrong` is what AWS would refuse, in words; `property` is where the refusal has to point."""

    wrong: str
    type: str
    property: str
    inputs: dict[str, Any]


def _policy(**changed: Any) -> str:
    statement = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "s3:GetObject", "Resource": "*", **changed}
    kept = {key: value for key, value in statement.items() if value is not None}
    return json.dumps({"Version": "2012-10-17", "Statement": [kept]})


_TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
    }
)


def _database(**changed: Any) -> dict[str, Any]:
    return {
        "identifier": "trap",
        "engine": "postgres",
        "engineVersion": "15.14",
        "instanceClass": "db.m6i.large",
        "allocatedStorage": 100,
        "username": "owner",
        "password": "long-enough-for-anybody",
        "skipFinalSnapshot": True,
        **changed,
    }


def _listener(**changed: Any) -> dict[str, Any]:
    forward = [{"type": "forward", "targetGroupArn": "{target_group}"}]
    return {"loadBalancerArn": "{balancer}", "port": 80, "protocol": "HTTP", "defaultActions": forward, **changed}


def _target_group(**changed: Any) -> dict[str, Any]:
    return {"name": "trap", "port": 8080, "protocol": "HTTP", "vpcId": "{vpc}", "targetType": "instance", **changed}


def _rule(**changed: Any) -> dict[str, Any]:
    given = {
        "securityGroupId": "{group}",
        "ipProtocol": "tcp",
        "fromPort": 443,
        "toPort": 443,
        "cidrIpv4": "10.0.0.0/8",
    }
    return {**given, **changed}


def _lifecycle(**rule: Any) -> dict[str, Any]:
    return {"bucket": "{bucket}", "rules": [{"id": "r", "status": "Enabled", "filter": {"prefix": ""}, **rule}]}


def _cluster(**changed: Any) -> dict[str, Any]:
    given = {
        "name": "trap",
        "roleArn": "{role}",
        "version": "1.35",
        "vpcConfig": {"subnetIds": ["{subnet}", "{subnet_b}"]},
    }
    return {**given, **changed}


def _alarm(**changed: Any) -> dict[str, Any]:
    given = {
        "name": "trap",
        "comparisonOperator": "GreaterThanThreshold",
        "evaluationPeriods": 1,
        "metricName": "CPUUtilization",
        "namespace": "AWS/RDS",
        "period": 60,
        "statistic": "Average",
        "threshold": 80,
    }
    return {**given, **changed}


def _function(**changed: Any) -> dict[str, Any]:
    given = {
        "name": "trap",
        "role": "{role}",
        "packageType": "Image",
        "imageUri": "{image}",
        "timeout": 30,
        "memorySize": 256,
    }
    return {**given, **changed}


DB, BUCKET = "aws:rds/instance:Instance", "aws:s3/bucket"
TRAPS = [
    # databases
    Trap("an instance class that does not exist", DB, "instanceClass", _database(instanceClass="db.m6i.gigantic")),
    Trap("a class of another engine's family", DB, "instanceClass", _database(instanceClass="db.t1.pico")),
    Trap("an engine version that is not offered", DB, "engineVersion", _database(engineVersion="15.99")),
    Trap("backups kept 99 days", DB, "backupRetentionPeriod", _database(backupRetentionPeriod=99)),
    Trap("an engine AWS does not have", DB, "engine", _database(engine="postgresql")),
    Trap("a storage type that does not exist", DB, "storageType", _database(storageType="gp9")),
    Trap("a password of four characters", DB, "password", _database(password="abcd")),
    Trap("a password with a slash", DB, "password", _database(password="long/enough/but/slashed")),
    Trap("a reserved user name", DB, "username", _database(username="rdsadmin")),
    Trap("enhanced monitoring every 7 seconds", DB, "monitoringInterval", _database(monitoringInterval=7, monitoringRoleArn="{role}")),
    Trap("a log type PostgreSQL does not write", DB, "enabledCloudwatchLogsExports", _database(enabledCloudwatchLogsExports=["slowquery"])),
    Trap("a maintenance window of ten minutes", DB, "maintenanceWindow", _database(maintenanceWindow="sun:03:00-sun:03:10")),
    Trap("an identifier that starts with a digit", DB, "identifier", _database(identifier="1trap")),
    Trap("PostgreSQL with 5 GB of gp3", DB, "allocatedStorage", _database(allocatedStorage=5, storageType="gp3")),
    Trap("a parameter PostgreSQL does not have", "aws:rds/parameterGroup:ParameterGroup", "parameters", {"name": "trap", "family": "postgres15", "parameters": [{"name": "max_conections", "value": "200"}]}),
    # keys, secrets, identity
    Trap("a key deleted after 3 days", "aws:kms/key:Key", "deletionWindowInDays", {"deletionWindowInDays": 3}),
    Trap("a key policy that is no JSON", "aws:kms/key:Key", "policy", {"policy": "{not json"}),
    Trap("a key policy with a misspelt Effect", "aws:kms/key:Key", "policy", {"policy": _policy(Effect=None, Efect="Allow", Action="kms:*")}),
    Trap("an alias in AWS's own namespace", "aws:kms/alias:Alias", "name", {"name": "alias/aws/trap", "targetKeyId": "{key}"}),
    Trap("rotation every 4,000 days", "aws:kms/key:Key", "rotationPeriodInDays", {"enableKeyRotation": True, "rotationPeriodInDays": 4000}),
    Trap("a role session of two days", "aws:iam/role:Role", "maxSessionDuration", {"name": "trap", "assumeRolePolicy": _TRUST, "maxSessionDuration": 172800}),
    Trap("a role name of 80 characters", "aws:iam/role:Role", "name", {"name": "r" * 80, "assumeRolePolicy": _TRUST}),
    Trap("a trust policy with a Resource", "aws:iam/role:Role", "assumeRolePolicy", {"name": "trap", "assumeRolePolicy": _policy(Action="sts:AssumeRole")}),
    Trap("a secret recovered after 3 days", "aws:secretsmanager/secret:Secret", "recoveryWindowInDays", {"name": "trap", "recoveryWindowInDays": 3}),
    Trap("a resource policy without a principal", "aws:secretsmanager/secretPolicy:SecretPolicy", "policy", {"secretArn": "{secret}", "policy": _policy(Principal=None, Action="secretsmanager:GetSecretValue")}),
    # buckets
    Trap("a bucket name with capitals", f"{BUCKET}:Bucket", "bucket", {"bucket": "Trap-Bucket"}),
    Trap("a bucket name like an address", f"{BUCKET}:Bucket", "bucket", {"bucket": "192.168.5.4"}),
    Trap("an encryption that does not exist", f"{BUCKET}ServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", "rules", {"bucket": "{bucket}", "rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES512"}}]}),
    Trap("infrequent access after 5 days", f"{BUCKET}LifecycleConfiguration:BucketLifecycleConfiguration", "rules", _lifecycle(transitions=[{"days": 5, "storageClass": "STANDARD_IA"}])),
    Trap("a storage class that does not exist", f"{BUCKET}LifecycleConfiguration:BucketLifecycleConfiguration", "rules", _lifecycle(transitions=[{"days": 90, "storageClass": "ICEBERG"}])),
    Trap("expiry before the transition", f"{BUCKET}LifecycleConfiguration:BucketLifecycleConfiguration", "rules", _lifecycle(transitions=[{"days": 90, "storageClass": "GLACIER"}], expiration={"days": 30})),
    Trap("a bucket policy with an unknown key", f"{BUCKET}Policy:BucketPolicy", "policy", {"bucket": "{bucket}", "policy": _policy(Resources="*")}),
    Trap("an ownership that does not exist", f"{BUCKET}OwnershipControls:BucketOwnershipControls", "rule", {"bucket": "{bucket}", "rule": {"objectOwnership": "BucketOwnerOwns"}}),
    Trap("an object lock of both days and years", f"{BUCKET}ObjectLockConfiguration:BucketObjectLockConfiguration", "rule", {"bucket": "{locked_bucket}", "rule": {"defaultRetention": {"mode": "COMPLIANCE", "days": 30, "years": 7}}}),
    # network
    Trap("a subnet of eight addresses", "aws:ec2/subnet:Subnet", "cidrBlock", {"vpcId": "{vpc}", "cidrBlock": "10.50.9.0/29"}),
    Trap("a rule from port 500 to 400", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "fromPort", _rule(fromPort=500, toPort=400)),
    Trap("port 70000", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "toPort", _rule(toPort=70000)),
    Trap("a source with bits beside its mask", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "cidrIpv4", _rule(cidrIpv4="10.1.2.3/8")),
    Trap("a protocol that does not exist", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "ipProtocol", _rule(ipProtocol="tpc")),
    Trap("a security group named sg-", "aws:ec2/securityGroup:SecurityGroup", "name", {"name": "sg-trap", "description": "x", "vpcId": "{vpc}"}),
    Trap("flow logs every 5 minutes", "aws:ec2/flowLog:FlowLog", "maxAggregationInterval", {"vpcId": "{vpc}", "trafficType": "ALL", "logDestinationType": "s3", "logDestination": "arn:aws:s3:::{bucket}", "maxAggregationInterval": 300}),
    Trap("a balancer name of 40 characters", "aws:lb/loadBalancer:LoadBalancer", "name", {"name": "b" * 40, "internal": True, "subnets": ["{subnet}", "{subnet_b}"]}),
    Trap("a balancer that idles for two hours", "aws:lb/loadBalancer:LoadBalancer", "idleTimeout", {"name": "trap", "internal": True, "idleTimeout": 7200, "subnets": ["{subnet}", "{subnet_b}"]}),
    Trap("a TLS policy that does not exist", "aws:lb/listener:Listener", "sslPolicy", _listener(port=443, protocol="HTTPS", sslPolicy="ELBSecurityPolicy-TLS13-Only-2031", certificateArn="{certificate}")),
    Trap("HTTPS without a certificate", "aws:lb/listener:Listener", "certificateArn", _listener(port=443, protocol="HTTPS")),
    Trap("a health check slower than its interval", "aws:lb/targetGroup:TargetGroup", "healthCheck", _target_group(healthCheck={"interval": 5, "timeout": 10})),
    Trap("draining for two hours", "aws:lb/targetGroup:TargetGroup", "deregistrationDelay", _target_group(deregistrationDelay=7200)),
    # cluster and images
    Trap("a Kubernetes version of 2019", "aws:eks/cluster:Cluster", "version", _cluster(version="1.12")),
    Trap("a control-plane log that does not exist", "aws:eks/cluster:Cluster", "enabledClusterLogTypes", _cluster(enabledClusterLogTypes=["api", "everything"])),
    Trap("a node group that shrinks below its least", "aws:eks/nodeGroup:NodeGroup", "scalingConfig", {"clusterName": "{cluster}", "nodeGroupName": "trap", "nodeRoleArn": "{role}", "subnetIds": ["{subnet}"], "scalingConfig": {"desiredSize": 1, "minSize": 3, "maxSize": 6}}),
    Trap("a repository name with capitals", "aws:ecr/repository:Repository", "name", {"name": "Trap"}),
    # watching
    Trap("logs kept 91 days", "aws:cloudwatch/logGroup:LogGroup", "retentionInDays", {"name": "trap", "retentionInDays": 91}),
    Trap("an alarm every 45 seconds", "aws:cloudwatch/metricAlarm:MetricAlarm", "period", _alarm(period=45)),
    Trap("a statistic that does not exist", "aws:cloudwatch/metricAlarm:MetricAlarm", "statistic", _alarm(statistic="Median")),
    Trap("a comparison that does not exist", "aws:cloudwatch/metricAlarm:MetricAlarm", "comparisonOperator", _alarm(comparisonOperator="MuchGreater")),
    # messages and functions
    Trap("a queue that keeps messages 30 days", "aws:sqs/queue:Queue", "messageRetentionSeconds", {"name": "trap", "messageRetentionSeconds": 2592000}),
    Trap("a queue invisible for a day", "aws:sqs/queue:Queue", "visibilityTimeoutSeconds", {"name": "trap", "visibilityTimeoutSeconds": 86400}),
    Trap("a subscription by pigeon", "aws:sns/topicSubscription:TopicSubscription", "protocol", {"topic": "{topic}", "protocol": "pigeon", "endpoint": "loft"}),
    Trap("a function of an hour", "aws:lambda/function:Function", "timeout", _function(timeout=3600)),
    Trap("a function with 64 MB", "aws:lambda/function:Function", "memorySize", _function(memorySize=64)),
    Trap("a schedule that is no schedule", "aws:cloudwatch/eventRule:EventRule", "scheduleExpression", {"name": "trap", "scheduleExpression": "every(5 minutes)"}),
    # names, certificates, the edge
    Trap("a record that lives for ever", "aws:route53/record:Record", "ttl", {"zoneId": "{zone}", "name": "a.trap.org", "type": "A", "ttl": 9999999999, "records": ["10.0.0.1"]}),
    Trap("a record type that does not exist", "aws:route53/record:Record", "type", {"zoneId": "{zone}", "name": "a.trap.org", "type": "AA", "ttl": 60, "records": ["10.0.0.1"]}),
    Trap("a health check every 5 seconds", "aws:route53/healthCheck:HealthCheck", "requestInterval", {"type": "HTTPS", "fqdn": "trap.org", "port": 443, "requestInterval": 5}),
    Trap("a certificate with RSA 4096", "aws:acm/certificate:Certificate", "keyAlgorithm", {"domainName": "trap.org", "validationMethod": "DNS", "keyAlgorithm": "RSA_4096"}),
    Trap("backups kept for less time warm than cold", "aws:backup/plan:Plan", "rules", {"name": "trap", "rules": [{"ruleName": "daily", "targetVaultName": "Default", "schedule": "cron(0 2 * * ? *)", "lifecycle": {"coldStorageAfter": 60, "deleteAfter": 90}}]}),
    # more of all kinds
    Trap("a database in one zone's subnets", "aws:rds/subnetGroup:SubnetGroup", "subnetIds", {"name": "trap", "subnetIds": ["{subnet}"]}),
    Trap("performance insights kept 10 days", DB, "performanceInsightsRetentionPeriod", _database(performanceInsightsEnabled=True, performanceInsightsRetentionPeriod=10)),
    Trap("a certificate authority of 2015", DB, "caCertIdentifier", _database(caCertIdentifier="rds-ca-2015")),
    Trap("a versioning that does not exist", f"{BUCKET}Versioning:BucketVersioning", "versioningConfiguration", {"bucket": "{bucket}", "versioningConfiguration": {"status": "On"}}),
    Trap("an event buckets do not have", f"{BUCKET}Notification:BucketNotification", "topics", {"bucket": "{bucket}", "topics": [{"topicArn": "{topic}", "events": ["s3:ObjectTouched:*"]}]}),
    Trap("a rotation every 5,000 days", "aws:secretsmanager/secretRotation:SecretRotation", "rotationRules", {"secretId": "{secret}", "rotationLambdaArn": "{function}", "rotationRules": {"automaticallyAfterDays": 5000}}),
    Trap("a runtime of 2009", "aws:lambda/function:Function", "runtime", _function(runtime="python2.5", packageType="Zip", handler="a.b", s3Bucket="parent-bucket", s3Key="code.zip", imageUri=None)),
    Trap("a network type that does not exist", "aws:lb/loadBalancer:LoadBalancer", "ipAddressType", {"name": "trap", "internal": True, "ipAddressType": "ipv5", "subnets": ["{subnet}", "{subnet_b}"]}),
    Trap("a target type that does not exist", "aws:lb/targetGroup:TargetGroup", "targetType", _target_group(targetType="pod")),
    Trap("a metadata service that answers maybe", "aws:ec2/launchTemplate:LaunchTemplate", "metadataOptions", {"name": "trap", "metadataOptions": {"httpTokens": "maybe"}}),
    Trap("a metadata service a hundred hops away", "aws:ec2/launchTemplate:LaunchTemplate", "metadataOptions", {"name": "trap", "metadataOptions": {"httpPutResponseHopLimit": 100}}),
    Trap("a disk type that does not exist", "aws:ebs/volume:Volume", "type", {"availabilityZone": "us-east-1a", "size": 100, "type": "gp9"}),
    Trap("a capacity type that does not exist", "aws:eks/nodeGroup:NodeGroup", "capacityType", {"clusterName": "{cluster}", "nodeGroupName": "trap", "nodeRoleArn": "{role}", "subnetIds": ["{subnet}"], "capacityType": "CHEAP", "scalingConfig": {"desiredSize": 1, "minSize": 1, "maxSize": 2}}),
    Trap("an image family that does not exist", "aws:eks/nodeGroup:NodeGroup", "amiType", {"clusterName": "{cluster}", "nodeGroupName": "trap", "nodeRoleArn": "{role}", "subnetIds": ["{subnet}"], "amiType": "AL9_x86_64", "scalingConfig": {"desiredSize": 1, "minSize": 1, "maxSize": 2}}),
    Trap("a certificate validated by fax", "aws:acm/certificate:Certificate", "validationMethod", {"domainName": "trap.org", "validationMethod": "FAX"}),
    Trap("findings published hourly", "aws:guardduty/detector:Detector", "findingPublishingFrequency", {"enable": True, "findingPublishingFrequency": "HOURLY"}),
    Trap("a tenancy that does not exist", "aws:ec2/vpc:Vpc", "instanceTenancy", {"cidrBlock": "10.60.0.0/16", "instanceTenancy": "shared"}),
    Trap("an endpoint of a kind that does not exist", "aws:ec2/vpcEndpoint:VpcEndpoint", "vpcEndpointType", {"vpcId": "{vpc}", "serviceName": "com.amazonaws.us-east-1.s3", "vpcEndpointType": "Bridge"}),
    Trap("a filter that counts nothing", "aws:cloudwatch/metricAlarm:MetricAlarm", "evaluationPeriods", _alarm(evaluationPeriods=0)),
    Trap("missing data treated as a joke", "aws:cloudwatch/metricAlarm:MetricAlarm", "treatMissingData", _alarm(treatMissingData="joke")),
    Trap("a parameter of a tier that does not exist", "aws:ssm/parameter:Parameter", "tier", {"name": "/trap", "type": "String", "value": "x", "tier": "Gold"}),
    Trap("a distribution in a price class of its own", "aws:cloudfront/originAccessControl:OriginAccessControl", "signingBehavior", {"name": "trap", "originAccessControlOriginType": "s3", "signingBehavior": "sometimes", "signingProtocol": "sigv4"}),
    Trap("an address set of a third kind", "aws:wafv2/ipSet:IpSet", "ipAddressVersion", {"name": "trap", "scope": "REGIONAL", "ipAddressVersion": "IPV5", "addresses": ["10.0.0.0/8"]}),
    Trap("an address set for the whole galaxy", "aws:wafv2/ipSet:IpSet", "scope", {"name": "trap", "scope": "GALAXY", "ipAddressVersion": "IPV4", "addresses": ["10.0.0.0/8"]}),
]  # fmt: skip
