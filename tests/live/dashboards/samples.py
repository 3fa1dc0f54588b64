"""What each source answers while the story lasts, under the names and labels of the catalogue."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rendering.metrics_catalogue import JOBS, Kind, Metric, Source, catalogue, jobs
from rendering.prometheus.scrape_targets import outside_checks
from rendering.variants import Side, variants
from systems.model import System, WorkloadKind
from tests.live.dashboards import machinery
from tests.live.dashboards.story import BEGIN, CRISIS, RELEASE, Course, Part, always, around, documented, told, whole

#: Upper bounds of buckets beside those of documented lines.
_BOUNDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)


@dataclass(frozen=True)
class Series:
    """One figure under its labels; of a counter `course` is its growth a second."""

    name: str
    labels: dict[str, str]
    course: Course
    grows: bool = False


def everything(system: System) -> Iterator[Series]:
    """Every metric of the platform's catalogue."""
    yield from applications(system)
    yield from read_from_json(system)
    yield from balancer(system)
    yield from checks(system)
    for name, labels, course in machinery.figures(system):
        metric = catalogue(system)[name]
        # When Prometheus itself was started bears the name that applications use as well.
        job = JOBS.get(metric.source, JOBS[Source.PROMETHEUS])
        yield Series(name, {"job": job, **labels}, course, metric.kind is Kind.COUNTER)
    for job in (each.name for each in jobs(system)):
        yield Series("up", {"job": job, "instance": f"{job}-0"}, always(1))


def applications(system: System) -> Iterator[Series]:
    """Ordinary requests and, where there are any, those of critical paths; the release fails, and is slow."""
    own = [each for each in catalogue(system).values() if each.source is Source.APPLICATION]
    named = {each.name: each for each in own}
    paths = ["/"]
    for workload in system.workloads:
        paths += list(workload.critical.paths) if workload.critical else []
    for job in (each.name for each in jobs(system) if each.source is Source.APPLICATION):
        for number in range(2):
            here = {"job": job, "instance": f"{job}-{number}"}
            for path in paths:
                at, rate = {**here, "path": path}, around(20 if path == "/" else 2, f"{path}{number}", 0.2)
                hurt = RELEASE if path == "/" else CRISIS
                yield from _times(named["http_request_duration_seconds"], at, rate, _slow(system, path, hurt))
                for status, share in _statuses(hurt if path == "/" else None):
                    labels = {**at, "method": "GET", "status": status}
                    yield Series("http_requests_total", labels, _product(rate, share), grows=True)
            for metric in own:
                if metric.name not in ("http_requests_total", "http_request_duration_seconds"):
                    yield from _own(system, metric, here)


def _own(system: System, metric: Metric, labels: dict[str, str]) -> Iterator[Series]:
    course = documented(system, metric.name, CRISIS) or always(0)
    if metric.kind is Kind.HISTOGRAM:
        yield from _times(metric, labels, always(0.4), course)
    elif metric.name == "process_start_time_seconds":
        yield Series(metric.name, labels, always(BEGIN - 86_400))
    elif metric.kind is Kind.COUNTER:
        yield Series(metric.name, labels, told(always(0), RELEASE, 0.2), grows=True)
    else:
        yield Series(metric.name, labels, course)


def _slow(system: System, path: str, part: Part) -> Course:
    name = "response_seconds" if path == "/" else "crisis_endpoint_seconds"
    limited = documented(system, name, part)
    return limited or told(around(0.09, path), part, 0.5)


def _times(metric: Metric, labels: dict[str, str], rate: Course, course: Course) -> Iterator[Series]:
    """A histogram whose 95th percentile follows the course: times lie evenly between nothing and a little more."""
    for bound in sorted({*_BOUNDS, *metric.limits}):
        within = _product(rate, lambda minute, bound=bound: min(1.0, 0.95 * bound / course(minute)))
        yield Series(f"{metric.name}_bucket", {**labels, "le": f"{bound:g}"}, within, grows=True)
    yield Series(f"{metric.name}_bucket", {**labels, "le": "+Inf"}, rate, grows=True)
    yield Series(f"{metric.name}_count", labels, rate, grows=True)
    yield Series(f"{metric.name}_sum", labels, _product(rate, course), grows=True)


def _statuses(hurt: Part | None) -> Iterator[tuple[str, Course]]:
    bad = told(always(0.0004), hurt, 0.03) if hurt else always(0)
    yield "200", lambda minute: 1 - bad(minute)
    yield "503", bad


def _product(one: Course, other: Course) -> Course:
    return lambda minute: one(minute) * other(minute)


#: What the endpoints tell that no document limits.
_COUNTED: dict[str, Callable[[], Course]] = {
    "volunteers_busy": lambda: told(around(7, "busy", 0.2), CRISIS, 16),
    "volunteers_offline": lambda: around(6, "offline", 0.2),
    "crisis_queue_length": lambda: told(around(1, "queue", 0.9), CRISIS, 9),
}


def read_from_json(system: System) -> Iterator[Series]:
    for endpoint in system.monitoring.json_endpoints:
        for metric in endpoint.metrics:
            labels = {"job": JOBS[Source.JSON], "instance": endpoint.path}
            if metric.name.endswith("_updated"):
                # Told anew every minute, but for a while in which nobody tells.
                yield Series(
                    metric.name, labels, lambda minute: BEGIN + 60 * (310 if 310 < minute < 322 else minute // 1)
                )
            elif metric.name in _COUNTED:
                yield Series(metric.name, labels, whole(_COUNTED[metric.name]()))
            else:
                course = documented(system, metric.name, CRISIS) or _usual(metric.name)
                pieces = not metric.name.endswith(("_seconds", "_percent"))
                yield Series(metric.name, labels, whole(course) if pieces else course)


def _usual(name: str) -> Course:
    if name.endswith("_seconds"):
        return around(0.02, name)
    if name == "database_pool_size":
        return always(20)
    return whole(around(8, name, 0.3)) if name == "database_pool_used" else always(1)


def balancer(system: System) -> Iterator[Series]:
    """One door, and a backend for each form of each service; the candidate takes part only while it is tried."""
    labels = {"job": JOBS[Source.BALANCER], "instance": "haproxy-0"}
    public = {**labels, "proxy": "public"}
    requests = around(120, "requests", 0.25)
    kinds = {"2xx": 0.93, "3xx": 0.05, "4xx": 0.02, "5xx": 0.0001}
    for kind, share in kinds.items():
        course = _product(requests, told(always(share), RELEASE, 0.024) if kind == "5xx" else always(share))
        yield Series("haproxy_frontend_http_responses_total", {**public, "code": kind}, course, grows=True)
    yield Series("haproxy_frontend_current_sessions", public, whole(told(around(900, "open", 0.2), CRISIS, 2_600)))
    yield Series("haproxy_frontend_limit_sessions", public, always(10_000))
    for workload in system.workloads:
        for form in variants(system, workload) if workload.kind is WorkloadKind.SERVICE else ():
            yield from _backend(form.name, form.replicas, form.side is Side.CANARY, "critical" in form.name, labels)


def _backend(name: str, servers: int, candidate: bool, critical: bool, labels: dict[str, str]) -> Iterator[Series]:
    here, part = {**labels, "proxy": name}, CRISIS if critical else RELEASE
    tried = Part(90, 118, 1)
    share = (lambda minute: 10 * tried(minute)) if candidate else (lambda minute: 100 - 10 * tried(minute))
    standing = (lambda minute: float(servers if tried(minute) else 0)) if candidate else always(servers)
    yield Series("haproxy_backend_active_servers", here, standing)
    yield Series("haproxy_backend_current_queue", here, whole(told(always(0), part, 6)))
    yield Series("haproxy_backend_queue_time_average_seconds", here, told(always(0), part, 0.2))
    answered = told(around(0.08, name, 0.2), part, 0.6)
    yield Series("haproxy_backend_response_time_average_seconds", here, answered)
    for code in ("2xx", "5xx"):
        labelled = {**here, "code": code}
        growth = around(20, name) if code == "2xx" else told(always(0), part, 0.4)
        yield Series("haproxy_backend_http_responses_total", labelled, growth, grows=True)
    for number in range(1, servers + 1):
        server = {**here, "server": f"{name}-{number}"}
        yield Series("haproxy_server_weight", server, whole(share))
        yield Series("haproxy_server_status", {**server, "state": "UP"}, always(1))


def checks(system: System) -> Iterator[Series]:
    for check in outside_checks(system, system.edge.domain):
        labels = {"job": JOBS[Source.OUTSIDE], "instance": check.url, "check": check.name, "host": check.host}
        yield Series("probe_success", labels, always(1))
        yield Series("probe_duration_seconds", labels, told(around(0.16, check.name, 0.3), RELEASE, 0.9))
        yield Series("probe_ssl_earliest_cert_expiry", labels, always(BEGIN + 61 * 86_400))
        yield Series("probe_http_status_code", labels, always(200))
