"""Cases of policies/rules/audit.py."""

from typing import Any

from tests.policies.cases import UNKNOWN, Cases, aws, ref, stack
from tests.policies.of_property import ELSEWHERE, GIVEN, WRITTEN, about

TRAIL = "cloudtrail/trail:Trail"
RECORDER = "cfg/recorder:Recorder"
STATUS = "cfg/recorderStatus:RecorderStatus"
CHANNEL = "cfg/deliveryChannel:DeliveryChannel"
PACK = "cfg/conformancePack:ConformancePack"
DETECTOR = "guardduty/detector:Detector"
FEATURE = "guardduty/detectorFeature:DetectorFeature"
ALARM = "cloudwatch/metricAlarm:MetricAlarm"
COMPOSITE = "cloudwatch/compositeAlarm:CompositeAlarm"
FILTER = "cloudwatch/logMetricFilter:LogMetricFilter"
BUCKET = "s3/bucket:Bucket"
RUNS = aws("eks/cluster:Cluster")
#: A platform of ours that another law binds.
UNDER_GDPR = aws(
    "eks/cluster:Cluster", tags={"lifeline:system": "tdah-assistant", "lifeline:environment": "production"}
)
TOPIC = aws("sns/topic:Topic")
ALWAYS_KNOWN = {"unknown": "which resources there are is always known"}


def _selector(*values: str) -> dict[str, Any]:
    return {"fieldSelectors": [{"field": "any", "equals": list(values)}]}


def _recording(**status: Any) -> dict[str, Any]:
    return {"c": RUNS, "r": aws(RECORDER), "s": aws(STATUS, **status), "d": aws(CHANNEL)}


def _feature(name: str, status: str = "ENABLED") -> Any:
    return aws(FEATURE, name=name, status=status)


def _watch(*words: str) -> Cases:
    seen = aws(FILTER, pattern=f"{{ $.x = {' '.join(words)} }}", metricTransformation={"name": "seen"})
    return Cases(
        passing=[stack(t=aws(TRAIL), f=seen, a=aws(ALARM, metricName="seen"))],
        failing=[
            stack(t=aws(TRAIL)),
            stack(t=aws(TRAIL), f=seen, a=aws(ALARM, metricName="other")),
            stack(t=aws(TRAIL), f=aws(FILTER, pattern="{ $.x = other }"), a=aws(ALARM, metricName="seen")),
        ],
        not_applicable=[ELSEWHERE],
        unknown=[stack(t=aws(TRAIL), f=aws(FILTER, pattern=UNKNOWN))],
    )


CASES = {
    "LL-AUD-001": Cases(
        passing=[stack(c=RUNS, t=aws(TRAIL))],
        failing=[stack(c=RUNS), stack(c=RUNS, t=aws(TRAIL, enableLogging=False))],
        not_applicable=[ELSEWHERE],
        without=WRITTEN,
    ),
    "LL-AUD-002": about(TRAIL, "isMultiRegionTrail", [True], [False], literal=True),
    "LL-AUD-003": about(TRAIL, "enableLogFileValidation", [True], [False], literal=True),
    "LL-AUD-004": Cases(
        passing=[
            stack(
                g=aws("cloudwatch/logGroup:LogGroup"),
                t=aws(TRAIL, cloudWatchLogsGroupArn=ref("g.arn"), cloudWatchLogsRoleArn="arn:r"),
            )
        ],
        failing=[stack(t=aws(TRAIL)), stack(t=aws(TRAIL, cloudWatchLogsGroupArn="arn:g"))],
        not_applicable=[ELSEWHERE],
        without=GIVEN,
    ),
    "LL-AUD-005": Cases(
        passing=[
            stack(t=aws(TRAIL, advancedEventSelectors=[_selector("Data"), _selector("AWS::S3::Object")])),
            stack(t=aws(TRAIL, eventSelectors=[{"dataResources": [{"type": "AWS::S3::Object"}]}])),
        ],
        failing=[stack(t=aws(TRAIL)), stack(t=aws(TRAIL, advancedEventSelectors=[_selector("Management")]))],
        not_applicable=[ELSEWHERE],
        unknown=[stack(t=aws(TRAIL, eventSelectors=UNKNOWN))],
    ),
    "LL-AUD-006": Cases(
        passing=[stack(t=aws(TRAIL)), stack(t=aws(TRAIL, advancedEventSelectors=[_selector("Management")]))],
        failing=[
            stack(t=aws(TRAIL, advancedEventSelectors=[_selector("Data")])),
            stack(t=aws(TRAIL, eventSelectors=[{"readWriteType": "WriteOnly"}])),
        ],
        not_applicable=[ELSEWHERE],
        unknown=[stack(t=aws(TRAIL, advancedEventSelectors=UNKNOWN))],
    ),
    "LL-AUD-007": about(TRAIL, "includeGlobalServiceEvents", [True], [False], literal=True, missing=False),
    "LL-AUD-008": Cases(
        passing=[stack(b=aws(BUCKET, objectLockEnabled=True), t=aws(TRAIL, s3BucketName=ref("b.bucket")))],
        failing=[stack(t=aws(TRAIL)), stack(b=aws(BUCKET), t=aws(TRAIL, s3BucketName=ref("b.bucket")))],
        not_applicable=[ELSEWHERE],
        unknown=[stack(b=aws(BUCKET, objectLockEnabled=UNKNOWN), t=aws(TRAIL, s3BucketName=ref("b.bucket")))],
    ),
    "LL-AUD-010": Cases(
        passing=[_recording(isEnabled=True)],
        failing=[stack(c=RUNS), stack(c=RUNS, r=aws(RECORDER), d=aws(CHANNEL)), _recording(isEnabled=False)],
        not_applicable=[ELSEWHERE],
        without=WRITTEN,
    ),
    "LL-AUD-011": about(RECORDER, "recordingGroup.allSupported", [True], [False, None], literal=True, missing=False),
    "LL-AUD-012": Cases(
        passing=[
            stack(
                c=RUNS,
                p=aws(PACK, templateBody="ROOT_ACCOUNT_MFA_ENABLED IAM_ROOT_ACCESS_KEY_CHECK ACCESS_KEYS_ROTATED"),
            ),
            stack(c=RUNS, p=aws(PACK, templateS3Uri="s3://packs/hipaa.yaml")),
            stack(c=UNDER_GDPR, s=aws("securityhub/standardsSubscription:StandardsSubscription")),
        ],
        failing=[
            stack(c=RUNS),
            stack(c=RUNS, p=aws(PACK, templateBody="ACCESS_KEYS_ROTATED")),
            stack(c=RUNS, s=aws("securityhub/standardsSubscription:StandardsSubscription")),
        ],
        not_applicable=[ELSEWHERE],
        unknown=[stack(c=RUNS, p=aws(PACK, templateBody=UNKNOWN))],
    ),
    "LL-AUD-013": Cases(
        passing=[stack(c=RUNS, d=aws(DETECTOR)), stack(c=RUNS, d=aws(DETECTOR, enable=True))],
        failing=[stack(c=RUNS), stack(c=RUNS, d=aws(DETECTOR, enable=False))],
        not_applicable=[ELSEWHERE],
        without=WRITTEN,
    ),
    "LL-AUD-014": Cases(
        passing=[stack(c=RUNS, d=aws(DETECTOR), s=_feature("S3_DATA_EVENTS"), e=_feature("EKS_AUDIT_LOGS"))],
        failing=[
            stack(d=aws(DETECTOR)),
            stack(c=RUNS, d=aws(DETECTOR), s=_feature("S3_DATA_EVENTS")),
            stack(d=aws(DETECTOR), s=_feature("S3_DATA_EVENTS", "DISABLED")),
        ],
        not_applicable=[ELSEWHERE],
        unknown=[stack(d=aws(DETECTOR), s=aws(FEATURE, name="S3_DATA_EVENTS", status=UNKNOWN))],
    ),
    "LL-AUD-015": Cases(
        passing=[stack(c=RUNS, h=aws("securityhub/account:Account"))],
        failing=[stack(c=RUNS), stack(c=RUNS, d=aws(DETECTOR))],
        not_applicable=[ELSEWHERE],
        without=ALWAYS_KNOWN,
    ),
    "LL-AUD-016": Cases(
        passing=[
            stack(t=TOPIC, a=aws(ALARM, name="a", alarmActions=[ref("t.arn")])),
            stack(
                t=TOPIC, a=aws(ALARM, name="a"), c=aws(COMPOSITE, alarmRule='ALARM("a")', alarmActions=[ref("t.arn")])
            ),
        ],
        failing=[
            stack(a=aws(ALARM, name="a")),
            stack(a=aws(ALARM, name="a", alarmActions=[])),
            stack(a=aws(ALARM, name="a", alarmActions=["arn:t"], actionsEnabled=False)),
        ],
        not_applicable=[ELSEWHERE],
        unknown=[stack(a=aws(ALARM, name="a"), c=aws(COMPOSITE, alarmRule=UNKNOWN, alarmActions=["arn:t"]))],
    ),
    "LL-AUD-017": _watch("Root"),
    "LL-AUD-018": _watch("ConsoleLogin", "Failed"),
    "LL-AUD-019": _watch("StopLogging"),
}
