"""Which property is weakened how, and by which rule that is to be seen."""

from tests.policies.mutants import DROP, Weakening

_DB, _BALANCER = "aws:rds/instance:Instance", "aws:lb/loadBalancer:LoadBalancer"
_CDN = "aws:cloudfront/distribution:Distribution"
_BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
_ACCOUNT = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"
_BLOCKS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
_TEMPLATE, _CLUSTER, _TRAIL = (
    "aws:ec2/launchTemplate:LaunchTemplate",
    "aws:eks/cluster:Cluster",
    "aws:cloudtrail/trail:Trail",
)
_SPEC = {
    "kubernetes:apps/v1:Deployment": "spec.template.spec",
    "kubernetes:apps/v1:StatefulSet": "spec.template.spec",
    "kubernetes:batch/v1:CronJob": "spec.jobTemplate.spec.template.spec",
}

AWS = (
    Weakening(_DB, "storageEncrypted", False, "LL-ENC-001"),
    Weakening(_DB, "kmsKeyId", DROP, "LL-ENC-003"),
    Weakening(_DB, "performanceInsightsKmsKeyId", DROP, "LL-ENC-004"),
    Weakening(_DB, "parameterGroupName", DROP, "LL-ENC-030"),
    Weakening(_DB, "backupRetentionPeriod", 0, "LL-BAK-001"),
    Weakening(_DB, "deletionProtection", False, "LL-BAK-002"),
    Weakening(_DB, "skipFinalSnapshot", True, "LL-BAK-003"),
    Weakening(_DB, "multiAz", False, "LL-BAK-004"),
    Weakening(_DB, "autoMinorVersionUpgrade", False, "LL-BAK-005"),
    Weakening("aws:s3/bucketVersioning:BucketVersioning", "versioningConfiguration.status", "Suspended", "LL-BAK-020"),
    Weakening("aws:s3/bucket:Bucket", "forceDestroy", True, "LL-BAK-023"),
    Weakening("aws:cloudwatch/logGroup:LogGroup", "retentionInDays", DROP, "LL-RET-010"),
    Weakening(_BALANCER, "enableDeletionProtection", False, "LL-EDG-004"),
    Weakening(_BALANCER, "dropInvalidHeaderFields", False, "LL-EDG-005"),
    Weakening(_BALANCER, "accessLogs", DROP, "LL-AUD-030"),
    Weakening("aws:lb/listener:Listener", "sslPolicy", "ELBSecurityPolicy-2016-08", "LL-EDG-003"),
    Weakening("aws:lb/listener:Listener", "certificateArn", DROP, "LL-EDG-002"),
    Weakening(_CDN, "webAclId", DROP, "LL-EDG-012"),
    Weakening(_CDN, "viewerCertificate.minimumProtocolVersion", "TLSv1", "LL-EDG-011"),
    Weakening(_DB, "publiclyAccessible", True, "LL-FWL-030"),
    Weakening(_DB, "iamDatabaseAuthenticationEnabled", False, "LL-IAM-024"),
    Weakening("aws:s3/bucketServerSideEncryptionConfiguration:*", "rules", DROP, "LL-ENC-002"),
    Weakening("aws:s3/bucketPolicy:BucketPolicy", "policy", '{"Version": "2012-10-17", "Statement": []}', "LL-ENC-033"),
    *(Weakening(_BLOCK, each, False, "LL-FWL-051") for each in _BLOCKS),
    *(Weakening(_ACCOUNT, each, False, "LL-FWL-050") for each in _BLOCKS),
    Weakening("aws:cloudwatch/logGroup:LogGroup", "kmsKeyId", DROP, "LL-ENC-010"),
    Weakening("aws:sns/topic:Topic", "kmsMasterKeyId", DROP, "LL-ENC-011"),
    Weakening("aws:secretsmanager/secret:Secret", "kmsKeyId", DROP, "LL-ENC-013"),
    Weakening("aws:ebs/encryptionByDefault:EncryptionByDefault", "enabled", False, "LL-ENC-006"),
    Weakening("aws:kms/key:Key", "enableKeyRotation", False, "LL-ENC-020"),
    Weakening("aws:kms/key:Key", "deletionWindowInDays", 7, "LL-ENC-021"),
    Weakening("aws:kms/key:Key", "isEnabled", False, "LL-ENC-022"),
    Weakening(_TRAIL, "kmsKeyId", DROP, "LL-ENC-018"),
    Weakening(_TRAIL, "isMultiRegionTrail", False, "LL-AUD-002"),
    Weakening(_TRAIL, "enableLogFileValidation", False, "LL-AUD-003"),
    Weakening(_TRAIL, "cloudWatchLogsGroupArn", DROP, "LL-AUD-004"),
    Weakening("aws:cfg/recorderStatus:RecorderStatus", "isEnabled", False, "LL-AUD-010"),
    Weakening("aws:guardduty/detector:Detector", "enable", False, "LL-AUD-013"),
    Weakening("aws:cloudwatch/compositeAlarm:CompositeAlarm", "alarmActions", [], "LL-AUD-016"),
    Weakening(_TEMPLATE, "metadataOptions.httpTokens", "optional", "LL-FWL-025"),
    Weakening(_TEMPLATE, "blockDeviceMappings[*].ebs.encrypted", "false", "LL-ENC-008"),
    Weakening("aws:ec2/subnet:Subnet", "mapPublicIpOnLaunch", True, "LL-FWL-022"),
    Weakening("aws:vpc/securityGroupIngressRule:*", "description", DROP, "LL-FWL-007"),
    Weakening("aws:ec2/flowLog:FlowLog", "trafficType", "REJECT", "LL-FWL-021"),
    Weakening(_CLUSTER, "vpcConfig.endpointPublicAccess", True, "LL-CLU-040"),
    Weakening(_CLUSTER, "encryptionConfig", DROP, "LL-CLU-041"),
    Weakening(_CLUSTER, "enabledClusterLogTypes", ["api"], "LL-CLU-042"),
    Weakening(_CLUSTER, "accessConfig.authenticationMode", "CONFIG_MAP", "LL-CLU-044"),
    Weakening("aws:ecr/repository:Repository", "imageTagMutability", "MUTABLE", "LL-IMG-005"),
    Weakening("aws:ecr/repository:Repository", "imageScanningConfiguration.scanOnPush", False, "LL-IMG-006"),
    Weakening("aws:ecr/repository:Repository", "encryptionConfigurations", DROP, "LL-IMG-007"),
)


def _pods(path: str, to: object, rule: str) -> list[Weakening]:
    return [Weakening(type, f"{spec}.{path}", to, rule) for type, spec in _SPEC.items()]


_SECURITY = "containers[*].securityContext"
KUBERNETES = (
    *_pods("hostNetwork", True, "LL-POD-002"),
    *_pods("hostPID", True, "LL-POD-002"),
    *_pods(f"{_SECURITY}.privileged", True, "LL-POD-003"),
    *_pods(f"{_SECURITY}.allowPrivilegeEscalation", True, "LL-POD-014"),
    *_pods(f"{_SECURITY}.runAsNonRoot", False, "LL-POD-015"),
    *_pods(f"{_SECURITY}.runAsUser", 0, "LL-POD-016"),
    *_pods(f"{_SECURITY}.seccompProfile", {"type": "Unconfined"}, "LL-POD-011"),
    *_pods(f"{_SECURITY}.capabilities", {"drop": []}, "LL-POD-018"),
    *_pods(f"{_SECURITY}.procMount", "Unmasked", "LL-POD-010"),
    *_pods(f"{_SECURITY}.readOnlyRootFilesystem", False, "LL-POD-020"),
    *_pods("containers[*].resources.limits.memory", DROP, "LL-POD-023"),
    *_pods("containers[*].resources", DROP, "LL-POD-025"),
    *_pods("containers[*].image", "docker.io/library/redis:latest", "LL-IMG-001"),
    *_pods("containers[*].image", "docker.io/library/redis:latest", "LL-IMG-003"),
    *_pods("serviceAccountName", "default", "LL-POD-022"),
)

WEAKENINGS = (*AWS, *KUBERNETES)

#: Survivors that are none: (rule, path) -> why the weakened stack is as good as before.
EQUIVALENT = {
    ("LL-ENC-001", "storageEncrypted"): "a replica is encrypted as its source is, whatever it says itself",
}
