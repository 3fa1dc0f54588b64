"""What visitors get: requests, failures and times at HAProxy, checks from outside, the edge."""

from rendering.grafana.lines import YES_NO, Figure, figures
from rendering.grafana.panels import Course, Now, Query, Row, course_of, now_of
from rendering.prometheus.recorded import FAILURES, PUBLIC, REQUESTS
from rendering.prometheus.scrape_targets import outside_checks
from systems.model import Signal, System

SIGNALS = frozenset(
    {
        Signal.ERROR_PERCENT,
        Signal.RESPONSE_SECONDS,
        Signal.UPTIME_PERCENT,
        Signal.HEALTH_UP,
        Signal.RESPONSE_TIMES_BASELINE,
        Signal.LARGEST_PAINT_SECONDS,
        Signal.LAYOUT_SHIFT,
        Signal.INTERACTION_SECONDS,
        Signal.APP_LAUNCH_SECONDS,
        Signal.APP_CRASH_PERCENT,
        Signal.ASSESSMENT_LOAD_SECONDS,
        Signal.CHECK_IN_SECONDS,
        Signal.BREATHING_FRAMES_PER_SECOND,
    }
)


def of(system: System, signals: frozenset[Signal]) -> tuple[Figure, ...]:
    """Documented figures of these signals."""
    return tuple(each for each in figures(system) if each.signal in signals)


def overview(system: System) -> tuple[Row, ...]:
    """Everything documented about visitors, then the plain counts."""
    documented = of(system, SIGNALS)
    return (
        Row(title="Now", panels=tuple(now_of(each) for each in documented)),
        Row(
            title="Requests",
            panels=(
                Course(title="Requests", queries=(Query(REQUESTS, "requests"),), unit="reqps"),
                Course(title="Requests that failed", queries=(Query(FAILURES, "5xx"),), unit="reqps"),
                *(course_of(each) for each in documented),
            ),
        ),
    )


def edge(system: System) -> tuple[Row, ...]:
    """From the CDN inwards: each hop tells of the same requests, and where they are lost."""
    checks = "|".join(each.name for each in outside_checks(system, system.edge.domain))
    responses = f"sum by (code) (rate(haproxy_frontend_http_responses_total{{{PUBLIC}}}[5m]))"
    sessions = f"sum(haproxy_frontend_current_sessions{{{PUBLIC}}}) / sum(haproxy_frontend_limit_sessions{{{PUBLIC}}})"
    certificates = of(system, frozenset({Signal.CERTIFICATE_DAYS_LEFT}))
    return (
        Row(
            title="From outside",
            panels=(
                Course(
                    title="Checks that pass",
                    queries=(Query(f'min by (check) (probe_success{{check=~"{checks}"}})', "{{check}}"),),
                    unit=YES_NO,
                ),
                Course(
                    title="Time of a check",
                    queries=(Query("max by (check) (probe_duration_seconds)", "{{check}}"),),
                    unit="s",
                ),
                Course(
                    title="Route 53's health checks",
                    queries=(Query("aws_route53_health_check_percentage_healthy_average", "{{tag_Name}}"),),
                    unit="percent",
                ),
                Now(
                    title="Days until the first certificate ends",
                    query=Query("(min(probe_ssl_earliest_cert_expiry) - time()) / 86400"),
                    tall=True,
                ),
                Now(
                    title="Days until ACM's first certificate ends",
                    query=Query("min(aws_certificatemanager_days_to_expiry_minimum)"),
                    tall=True,
                ),
                *(course_of(each, "{{thing}}") for each in certificates),
            ),
        ),
        Row(
            title="CDN and load balancer",
            panels=(
                Course(
                    title="Requests at the CDN, a minute",
                    queries=(Query("sum(aws_cloudfront_requests_sum)", "requests"),),
                ),
                Course(
                    title="Failures at the CDN",
                    queries=(Query("max(aws_cloudfront_5xx_error_rate_average)", "5xx"),),
                    unit="percent",
                ),
                Course(
                    title="Requests and failures at the load balancer, a minute",
                    queries=(
                        Query("sum(aws_applicationelb_request_count_sum)", "requests"),
                        Query("sum(aws_applicationelb_httpcode_elb_5_xx_count_sum)", "5xx of its own"),
                    ),
                ),
            ),
        ),
        Row(
            title="HAProxy",
            panels=(
                Course(title="Answers by kind", queries=(Query(responses, "{{code}}"),), unit="reqps"),
                Course(title="Sessions of those it takes", queries=(Query(sessions, "share"),), unit="percentunit"),
                Course(
                    title="Requests waiting",
                    queries=(Query("sum by (proxy) (haproxy_backend_current_queue)", "{{proxy}}"),),
                    pieces=True,
                ),
                Course(
                    title="Servers up",
                    queries=(Query("min by (proxy) (haproxy_backend_active_servers)", "{{proxy}}"),),
                    pieces=True,
                ),
                Course(
                    title="Time to answer, mean",
                    queries=(Query("max by (proxy) (haproxy_backend_response_time_average_seconds)", "{{proxy}}"),),
                    unit="s",
                ),
                Course(
                    title="Weights of servers",
                    queries=(Query("max by (proxy, server) (haproxy_server_weight)", "{{server}}"),),
                    pieces=True,
                ),
            ),
        ),
    )
