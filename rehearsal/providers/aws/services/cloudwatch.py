"""Alarms, alarms over alarms, dashboards."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.providers.aws import tags
from rehearsal.providers.aws.entry import Entry
from rehearsal.providers.aws.live import Live, known
from rehearsal.providers.provider import Failure

_PERIODS = (10, 20, 30)
_ACTIONS = ("alarmActions", "okActions", "insufficientDataActions")
_BANDS = ("LessThanLowerOrGreaterThanUpperThreshold", "LessThanLowerThreshold", "GreaterThanUpperThreshold")
_STATE = re.compile(r"""(ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*("[^"]+"|'[^']+'|[^()"'\s]+)\s*\)""")
_STEPS = (
    (re.compile(r"\bAT_LEAST\s*\([^()]*(\([^()]*\)[^()]*)*\)"), "T"),
    (re.compile(r"\b(TRUE|FALSE)\b"), "T"),
    (re.compile(r"\bNOT\s+T\b"), "T"),
    (re.compile(r"\bT\s+(AND|OR)\s+T\b"), "T"),
    (re.compile(r"\(\s*T\s*\)"), "T"),
)


# -- metric alarms ------------------------------------------------------------------------------------------------


def _alarm(r: Live) -> dict[str, Any] | None:
    found = r.api("DescribeAlarms", AlarmNames=[r.id], AlarmTypes=["MetricAlarm"])["MetricAlarms"]
    return found[0] if found else None


def _refusals(reasons: Iterator[tuple[str, str]]) -> list[Failure]:
    return [Failure(path, f"{reason} (AWS rule)") for path, reason in reasons]


def _check_alarm(inputs: Mapping[str, Any]) -> list[Failure]:
    found = [*_refusals(_alarm_reasons(inputs)), *_refusals(_action_reasons(inputs))]
    return found + _refusals(_query_reasons(inputs.get("metricQueries"), inputs.get("thresholdMetricId")))


def _alarm_reasons(inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    kinds = [name for name in ("metricName", "metricQueries", "evaluationCriteria") if inputs.get(name) is not None]
    if len(kinds) != 1:
        yield (
            "metricName",
            f"exactly one of metricName, metricQueries, evaluationCriteria: got {', '.join(kinds) or 'none'}",
        )
    if kinds == ["metricName"]:
        for name in ("namespace", "period", "comparisonOperator", "evaluationPeriods"):
            if inputs.get(name) is None:
                yield name, "is needed by an alarm on one metric"
        if (inputs.get("statistic") is None) == (inputs.get("extendedStatistic") is None):
            yield "statistic", "or extendedStatistic is needed, not both"
    band = inputs.get("comparisonOperator") in _BANDS
    if band and inputs.get("thresholdMetricId") is None:
        yield "thresholdMetricId", f"is needed by {inputs['comparisonOperator']}"
    if (
        kinds
        and kinds != ["evaluationCriteria"]
        and (inputs.get("threshold") is None) == (inputs.get("thresholdMetricId") is None)
    ):
        yield "threshold", "or thresholdMetricId is needed, not both"
    yield from _time_reasons(inputs)


def _time_reasons(inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    period, periods, points = (inputs.get(name) for name in ("period", "evaluationPeriods", "datapointsToAlarm"))
    if isinstance(period, int) and period not in _PERIODS and (period < 60 or period % 60):
        yield "period", f"must be 10, 20, 30 or a multiple of 60, got {period}"
    if isinstance(points, int) and isinstance(periods, int) and points > periods:
        yield "datapointsToAlarm", f"must be at most evaluationPeriods ({periods}), got {points}"
    if isinstance(period, int) and isinstance(periods, int):
        longest = 604800 if period >= 3600 else 86400
        if period * periods > longest:
            yield (
                "evaluationPeriods",
                f"period times evaluationPeriods must be at most {longest} s, is {period * periods} s",
            )
    statistic = inputs.get("extendedStatistic")
    if isinstance(statistic, str) and not re.fullmatch(
        r"p(100|\d{1,2}(\.\d{1,10})?)|IQM|(TM|WM|TC|TS|PR)\(.+\)|(tm|wm|tc|ts)\d{1,2}(\.\d+)?", statistic
    ):
        yield "extendedStatistic", f"must look like p99, tm95, TM(2%:98%), got {statistic!r}"


def _action_reasons(inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in _ACTIONS:
        actions = inputs.get(name) or []
        if len(actions) > 5:
            yield name, f"must be at most 5, got {len(actions)}"
        for index, action in enumerate(actions):
            if isinstance(action, str) and not action.startswith("arn:"):
                yield f"{name}[{index}]", f"must be an ARN, got {action!r}"


def _query_reasons(queries: Any, threshold: Any) -> Iterator[tuple[str, str]]:
    if not queries or not known(queries):
        return
    ids = [query["id"] for query in queries]
    returned = [query["id"] for query in queries if query.get("returnData")]
    # Held against a band of what is usual, an alarm needs the band beside the metric.
    band = 1 if threshold in returned else 0
    if len(returned) - band != 1:
        yield "metricQueries", f"exactly one must have returnData, got {', '.join(returned) or 'none'}"
    for index, query in enumerate(queries):
        at = f"metricQueries[{index}]"
        if not re.fullmatch(r"[a-z][A-Za-z0-9_]*", query["id"]):
            yield f"{at}.id", f"must be letters, digits and underscores, a small letter first; got {query['id']!r}"
        if query["id"] in ids[:index]:
            yield f"{at}.id", f"{query['id']!r} is given more than once"
        if (query.get("expression") is None) == (query.get("metric") is None):
            yield at, "needs either expression or metric"
        elif query.get("expression") is not None:
            named = set(re.findall(r"\b[me]\d+\b", query["expression"]))
            if missing := sorted(named - set(ids)):
                yield f"{at}.expression", f"names {', '.join(missing)}, which no query is"


# -- alarms over alarms -------------------------------------------------------------------------------------------


def _check_composite(inputs: Mapping[str, Any]) -> list[Failure]:
    failures, rule = _refusals(_action_reasons(inputs)), inputs["alarmRule"]
    if isinstance(rule, str):
        left = _STATE.sub("T", rule)
        while (shorter := _shortened(left)) != left:
            left = shorter
        if left.strip() != "T":
            form = 'ALARM("a") AND (OK("b") OR NOT INSUFFICIENT_DATA("c"))'
            failures.append(
                Failure("alarmRule", f"cannot be read near {left.strip()!r}; it looks like {form} (AWS rule)")
            )
    return failures


def _shortened(rule: str) -> str:
    for pattern, replacement in _STEPS:
        rule = pattern.sub(replacement, rule)
    return rule


def _suppressor(r: Live) -> dict[str, Any]:
    given = r.inputs.get("actionsSuppressor") or {}
    names = {
        "alarm": "ActionsSuppressor",
        "waitPeriod": "ActionsSuppressorWaitPeriod",
        "extensionPeriod": "ActionsSuppressorExtensionPeriod",
    }
    return {names[name]: value for name, value in given.items() if value is not None}


# -- dashboards ---------------------------------------------------------------------------------------------------


def _check_dashboard(inputs: Mapping[str, Any]) -> list[Failure]:
    body, name = inputs["dashboardBody"], inputs["dashboardName"]
    failures: list[Failure] = []
    if isinstance(name, str) and not re.fullmatch(r"[A-Za-z0-9_-]{1,255}", name):
        failures.append(Failure("dashboardName", f"must be letters, digits, _ and -, got {name!r} (AWS rule)"))
    return failures + (_refusals(_body_reasons(body)) if isinstance(body, str) else [])


def _body_reasons(body: str) -> Iterator[tuple[str, str]]:
    try:
        parsed = json.loads(body)
    except ValueError as error:
        yield "dashboardBody", f"is not JSON: {error}"
        return
    widgets = parsed.get("widgets") if isinstance(parsed, dict) else None
    if not isinstance(widgets, list):
        yield "dashboardBody", "needs a list of widgets"
        return
    for index, widget in enumerate(widgets):
        at = f"widgets[{index}]"
        if not isinstance(widget, dict) or widget.get("type") not in (
            "metric",
            "text",
            "log",
            "alarm",
            "explorer",
            "custom",
        ):
            yield "dashboardBody", f"{at} needs a type: metric, text, log, alarm, explorer or custom"
        elif not isinstance(widget.get("properties"), dict):
            yield "dashboardBody", f"{at} needs properties"
        elif isinstance(widget.get("width"), int) and not 1 <= widget["width"] <= 24:
            yield "dashboardBody", f"{at} must be 1 to 24 wide, is {widget['width']}"


_CLOUDWATCH_TAGS = tags.listed(
    resource="ResourceARN",
    of=lambda r: f"arn:aws:cloudwatch:{r.region}:{r.account}:alarm:{r.id}",
    read=lambda r, live: tags.from_pairs(r.api("ListTagsForResource", ResourceARN=live["AlarmArn"])["Tags"]),
)

ENTRIES = (
    Entry(
        type="aws:cloudwatch/metricAlarm:MetricAlarm",
        service="cloudwatch",
        operation="PutMetricAlarm",
        rename={
            "name": "AlarmName",
            "metricQueries": "Metrics",
            "metricQueries.metric": "MetricStat",
            "metricQueries.metric.metricName": "Metric.MetricName",
            "metricQueries.metric.namespace": "Metric.Namespace",
            "metricQueries.metric.dimensions": "Metric.Dimensions",
        },
        name="name",
        name_limit=255,
        id=lambda r, answer: r.inputs["name"],
        read=_alarm,
        update={"*": lambda r: r.put()},
        presets={"actionsEnabled": True, "treatMissingData": "missing"},
        lost=("evaluationWindow", "warmUpConfiguration", "evaluationCriteria", "evaluationInterval"),
        replace=("name",),
        delete=lambda r: r.api("DeleteAlarms", AlarmNames=[r.id]),
        arn="arn:{partition}:cloudwatch:{region}:{account}:alarm:{id}",
        defaults={"evaluateLowSampleCountPercentiles": ""},
        check=_check_alarm,
        tags=_CLOUDWATCH_TAGS,
        find=lambda r: r.inputs["name"],
        twin="AWS::CloudWatch::Alarm",
        twin_rename={
            "name": "AlarmName",
            "metricQueries": "Metrics",
            "metricQueries.metric": "MetricStat",
            "metricQueries.metric.metricName": "Metric.MetricName",
            "metricQueries.metric.namespace": "Metric.Namespace",
            "metricQueries.metric.dimensions": "Metric.Dimensions",
            **dict.fromkeys(
                ("evaluationWindow", "warmUpConfiguration", "evaluationCriteria", "evaluationInterval"), ""
            ),
        },
    ),
    Entry(
        type="aws:cloudwatch/compositeAlarm:CompositeAlarm",
        service="cloudwatch",
        level="validated",
        operation="PutCompositeAlarm",
        also=_suppressor,
        rename={"actionsSuppressor": ""},
        id=lambda r, answer: r.inputs["alarmName"],
        update={"*": lambda r: r.put()},
        presets={"actionsEnabled": True},
        replace=("alarmName", "actionsEnabled"),
        delete=lambda r: r.api("DeleteAlarms", AlarmNames=[r.id]),
        arn="arn:{partition}:cloudwatch:{region}:{account}:alarm:{id}",
        check=_check_composite,
        tags=_CLOUDWATCH_TAGS,
        alone=True,
        twin="AWS::CloudWatch::CompositeAlarm",
        twin_rename={"actionsSuppressor": ""},
    ),
    Entry(
        type="aws:cloudwatch/dashboard:Dashboard",
        service="cloudwatch",
        operation="PutDashboard",
        id=lambda r, answer: r.inputs["dashboardName"],
        read=lambda r: r.api("GetDashboard", DashboardName=r.id),
        update={"dashboardBody": lambda r: r.put()},
        replace=("dashboardName",),
        delete=lambda r: r.api("DeleteDashboards", DashboardNames=[r.id]),
        outputs=lambda r, live: {"dashboardArn": f"arn:aws:cloudwatch::{r.account}:dashboard/{r.id}"},
        check=_check_dashboard,
        find=lambda r: r.inputs["dashboardName"],
        twin="AWS::CloudWatch::Dashboard",
    ),
)
