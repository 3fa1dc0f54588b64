"""The report that a document wants some hours after a release: figures of the time before and after it, and what only
people can tell, line by line as the document lists it.
"""

import datetime
import json
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, replace

from operations.rollout import BACK, FINISHED
from operations.traffic import Course
from rendering.prometheus import signals
from rendering.prometheus.recorded import PUBLIC
from systems.model import Comparison, Condition, Signal, Statistic, System

_ANSWER_SECONDS = 30.0
_ANSWERS = f"haproxy_frontend_http_responses_total{{{PUBLIC}}}"
_FAILURES = f'haproxy_frontend_http_responses_total{{{PUBLIC},code="5xx"}}'


@dataclass(frozen=True)
class Figure:
    """One line of a table; its query is about the hours before the time it is asked for."""

    name: str
    query: str
    unit: str = ""


def figures(system: System, hours: int) -> tuple[Figure, ...]:
    span = f"{hours}h"
    return (
        Figure("requests", f"sum(increase({_ANSWERS}[{span}]))"),
        Figure("errors", f"sum(increase({_FAILURES}[{span}]))"),
        Figure("error rate", f"100 * sum(increase({_FAILURES}[{span}])) / sum(increase({_ANSWERS}[{span}]))", " %"),
        Figure("response time, mean", _value(system, Signal.RESPONSE_SECONDS, hours, Statistic.MEAN), " s"),
        Figure("response time, 95 % below", _value(system, Signal.RESPONSE_SECONDS, hours, Statistic.P95), " s"),
        Figure("connections at once, most", _most(f"sum(haproxy_frontend_current_sessions{{{PUBLIC}}})", span)),
        Figure("CPU, most", _most(_value(system, Signal.CPU_PERCENT, None), span), " %"),
        Figure("memory, most", _most(_value(system, Signal.MEMORY_PERCENT, None), span), " %"),
    )


#: What the documents list, and the figures that tell it; the other lines only people can fill in.
TOLD_BY: Mapping[str, tuple[str, ...]] = {
    "Total requests handled": ("requests",),
    "Error count and rate": ("errors", "error rate"),
    "Average response time": ("response time, mean",),
    "Peak concurrent users": ("connections at once, most",),
    "Resource utilization": ("CPU, most", "memory, most"),
    "metrics before and after": (
        *("requests", "errors", "error rate", "response time, mean", "response time, 95 % below"),
        *("connections at once, most", "CPU, most", "memory, most"),
    ),
}


def due(
    stack: str, system: System, course: Course | None, now: datetime.datetime, prometheus: str | None
) -> str | None:
    """The page, once, from the documented hour on; None before, and where no document asks."""
    hours = system.rollout.report_after_hours
    if hours is None or course is None or course.reported or course.ended not in (FINISHED, BACK):
        return None
    ended = datetime.datetime.fromisoformat(course.since)
    if now < ended + datetime.timedelta(hours=hours):
        return None
    before, after = datetime.datetime.fromisoformat(course.began), ended + datetime.timedelta(hours=hours)
    lines = [f"# {stack}: {hours} hours after the release", ""]
    lines.append(f"It {'was ' if course.ended == BACK else ''}{course.ended}{': ' + course.why if course.why else ''}.")
    lines += [f"Began {_minute(before)}, ended {_minute(ended)}. Compared: the {hours} hours before and after.", ""]
    wanted = {name for line in system.rollout.report for name in TOLD_BY.get(line, ())}
    asked = {each.name: each for each in figures(system, hours) if each.name in wanted}
    told = {name: (_figure(prometheus, each, before), _figure(prometheus, each, after)) for name, each in asked.items()}
    for line in system.rollout.report:
        lines += [f"## {line[0].upper()}{line[1:]}", ""]
        if line not in TOLD_BY:
            lines += ["No figure tells this: whoever answers for the release writes it here.", ""]
            continue
        lines += ["| | before | after |", "|---|---|---|"]
        lines += [f"| {name} | {told[name][0]} | {told[name][1]} |" for name in TOLD_BY[line]]
        lines.append("")
    return "\n".join(lines)


def reported(course: Course) -> Course:
    return replace(course, reported=True)


def _figure(prometheus: str | None, figure: Figure, at: datetime.datetime) -> str:
    """What was not measured is not 0."""
    if prometheus is None:
        return "not asked (LIFELINE_PROMETHEUS)"
    asked = urllib.parse.urlencode({"query": figure.query, "time": f"{at.timestamp():.0f}"})
    try:
        with urllib.request.urlopen(f"{prometheus.rstrip('/')}/api/v1/query?{asked}", timeout=_ANSWER_SECONDS) as told:
            found = json.load(told)["data"]["result"]
    except (OSError, ValueError, KeyError) as error:
        return f"Prometheus did not answer: {error}"
    return f"{float(found[0]['value'][1]):,.3g}{figure.unit}" if found else "not measured"


def _value(system: System, signal: Signal, hours: int | None, statistic: Statistic = Statistic.CURRENT) -> str:
    """As alerts and dashboards have it; without hours, at each moment."""
    asked = Condition(signal=signal, comparison=Comparison.ABOVE, limit=0, statistic=statistic)
    return signals.value(system, replace(asked, window_seconds=hours * 3600) if hours else asked)


def _most(query: str, span: str) -> str:
    return f"max(max_over_time(({query})[{span}:1m]))"


def _minute(when: datetime.datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M} UTC"
