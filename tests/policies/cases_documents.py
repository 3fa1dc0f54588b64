"""Cases of what documents write down, on the platforms `being` and `astral-draft` (whose tiers are in tags)."""

from typing import Any

from systems import registry
from tests.policies.cases import UNKNOWN, Cases, Given, Stack, aws, k8s, ref, stack
from tests.policies.cases_availability import of
from tests.policies.of_property import ELSEWHERE
from tests.policies.pods import meta

_BEING = registry.load("being")
_HEADERS = _BEING.security_headers.headers
_CIPHERS = ":".join(_BEING.tls.ciphers)
_OLDER = ":".join(registry.load("astral-core-v2").tls.ciphers)


def _lines(
    headers: Any = _HEADERS, minimum: str = _BEING.tls.minimum_version.value, ciphers: str = _CIPHERS, bind: str = ""
) -> str:
    return "\n".join(
        [
            "global",
            f"    ssl-default-bind-options ssl-min-ver {minimum} no-tls-tickets" if minimum else "    nbthread 1",
            f"    ssl-default-bind-ciphers {ciphers}" if ciphers else "    nbproc 1",
            "frontend public",
            f"    bind :8443 ssl crt /tls.pem{bind}",
            *(f'    http-after-response set-header {each.name} "{each.value}"' for each in headers),
            "    http-after-response set-header Cache-Control no-store if !{ var(txn.served) -m bool }",
            "frontend figures",
            "    bind :9101",
        ]
    )


def _proxy(text: Any, system: str = "being") -> Stack:
    return stack(b=of(system), c=k8s("core/v1:ConfigMap", metadata=meta("c", "platform"), data={"haproxy.cfg": text}))


_OTHERS_PROXY = stack(c=k8s("core/v1:ConfigMap", metadata=meta("c", "shop"), data={"haproxy.cfg": "frontend in"}))
_NO_PROXY = stack(b=of(), c=k8s("core/v1:ConfigMap", metadata=meta("c", "platform"), data={"a": "b"}))


def _conditional() -> str:
    first = f'set-header {_HEADERS[0].name} "{_HEADERS[0].value}"'
    return _lines().replace(first, f"{first} if {{ path / }}")


def _job(name: str, schedule: Any, suspend: Any = False) -> Given:
    return k8s("batch/v1:CronJob", metadata=meta(name, "platform"), spec={"schedule": schedule, "suspend": suspend})


def _jobs(**changes: Given) -> Stack:
    backups = _BEING.backups
    made = {f"backup_{each.name}": _job(f"backup-{each.name}", each.schedule) for each in backups.kinds}
    trials = {
        "verification": _job("backup-verification", backups.verification_schedule),
        "drill": _job("restore-drill", backups.drill.schedule),
    }
    return {"b": of(), **made, **trials, **changes}


_OTHERS_JOB = stack(j=_job("backup-database", "0 4 * * *"))


def _ending(days: Any, where: Any, status: str = "Enabled") -> Any:
    return {"filter": where, "expiration": {"days": days}, "status": status}


def _tiers(*rules: Any, system: str = "being") -> Stack:
    return stack(b=of(system), l=aws("s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", rules=[*rules]))


_WEEKLY = {"prefix": "database/weekly/"}
_TAGGED = {"tag": {"key": "lifeline:backup-tier", "value": "yearly"}}
_EVERYTHING = _ending(2_557, {"prefix": ""})


def _logs(days: Any, log_class: Any = "audit_logs", **others: Given) -> Stack:
    tags = {"lifeline:log-class": log_class}
    group = aws(
        "cloudwatch/logGroup:LogGroup", name="/lifeline/log", tags=tags, **({"retentionInDays": days} if days else {})
    )
    return stack(b=of(), g=group, **others)


def _taken(pattern: str) -> Given:
    return aws("cloudwatch/logSubscriptionFilter:LogSubscriptionFilter", logGroup=ref("g.name"), filterPattern=pattern)


def _made(kind: str, length: Any) -> Stack:
    return stack(b=of(), s=Given(f"random:index/random{kind}:Random{kind}", {"length": length}))


CASES = {
    "LL-EDG-020": Cases(
        passing=[_proxy(_lines())],
        failing=[
            _proxy(_lines(_HEADERS[1:])),
            _proxy(_lines().replace("max-age=31536000", "max-age=60")),
            _proxy(_conditional()),
        ],
        not_applicable=[ELSEWHERE, _OTHERS_PROXY, _NO_PROXY],
        unknown=[_proxy(UNKNOWN), stack(b=of(), c=k8s("core/v1:ConfigMap", metadata=meta("c", "p"), data=UNKNOWN))],
    ),
    "LL-EDG-021": Cases(
        passing=[
            _proxy(_lines()),
            _proxy(_lines(minimum="TLSv1.2", bind=" ssl-min-ver TLSv1.3")),
            _proxy(_lines(minimum="TLSv1.2", ciphers=_OLDER), "astral-core-v2"),
        ],
        failing=[
            _proxy(_lines(minimum="TLSv1.2")),
            _proxy(_lines(minimum="")),
            _proxy(_lines(bind=" ssl-min-ver TLSv1.0")),
            _proxy(_lines(ciphers="ECDHE-RSA-AES256-SHA")),
            _proxy(_lines(minimum="TLSv1.2", ciphers=""), "astral-core-v2"),
        ],
        not_applicable=[ELSEWHERE, _OTHERS_PROXY, _NO_PROXY],
        unknown=[_proxy(UNKNOWN)],
    ),
    "LL-BAK-030": Cases(
        passing=[_jobs()],
        failing=[
            _jobs(backup_database=_job("backup-database", "0 2 * * 0")),
            _jobs(backup_database=_job("backup-database", _BEING.backups.kinds[0].schedule, True)),
            _jobs(backup_database=_job("another", "0 2 * * *")),
        ],
        not_applicable=[ELSEWHERE, _OTHERS_JOB],
        unknown=[_jobs(backup_database=_job("backup-database", UNKNOWN))],
    ),
    "LL-BAK-031": Cases(
        passing=[_jobs()],
        failing=[
            _jobs(drill=_job("restore-drill", "0 6 1 1 *")),
            _jobs(verification=_job("backup-verification", _BEING.backups.verification_schedule, True)),
            _jobs(verification=_job("another", "0 5 * * 1")),
        ],
        not_applicable=[ELSEWHERE, _OTHERS_JOB],
        unknown=[_jobs(drill=_job("restore-drill", UNKNOWN))],
    ),
    "LL-BAK-032": Cases(
        passing=[
            _tiers(_EVERYTHING, _ending(84, _WEEKLY)),
            _tiers(_EVERYTHING, _ending(2_557, _TAGGED), system="astral-draft"),
        ],
        failing=[
            _tiers(_ending(30, _WEEKLY)),
            _tiers(_ending(85, _WEEKLY)),
            _tiers({"filter": _WEEKLY, "status": "Enabled"}),
            _tiers(_ending(84, _WEEKLY, "Disabled")),
            _tiers(_ending(366, _TAGGED), system="astral-draft"),
        ],
        not_applicable=[ELSEWHERE, _tiers(_EVERYTHING), stack(l=_tiers(_ending(30, _WEEKLY))["l"])],
        unknown=[_tiers(_ending(UNKNOWN, _WEEKLY))],
    ),
    "LL-RET-016": Cases(
        passing=[
            _logs(2_557),
            _logs(90, "debug_logs"),
            _logs(180, s=_taken("")),
            _logs(180, t=aws("cloudtrail/trail:Trail", cloudWatchLogsGroupArn=ref("g.arn"))),
        ],
        failing=[_logs(180), _logs(None), _logs(180, s=_taken("ERROR")), _logs(30, "performance_logs")],
        not_applicable=[ELSEWHERE, _logs(1, "no class of ours"), stack(g=_logs(1)["g"])],
        unknown=[_logs(UNKNOWN), _logs(30, UNKNOWN)],
    ),
    "LL-ENC-028": Cases(
        passing=[_made("Password", 64), _made("Bytes", 32)],
        failing=[_made("Password", 20), _made("Bytes", 8)],
        not_applicable=[ELSEWHERE, stack(s=_made("Password", 8)["s"])],
        unknown=[_made("Password", UNKNOWN)],
    ),
}
