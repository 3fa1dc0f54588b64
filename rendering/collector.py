"""The log collector's file (OpenTelemetry Collector): every container's lines, scrubbed, to Loki.

Applications promise logs without health data (docs/application-contract.md); what still slips in in the usual forms is
blotted out before a line leaves its node: addresses, telephone numbers, query strings and tokens.
"""

import yaml

Json = dict[str, object]

#: Where a line's position is kept, so that a restarted collector neither loses nor repeats any.
STATE_DIRECTORY = "/var/lib/lifeline-log-collector"
#: Node directory of the kubelet: <namespace>_<pod>_<uid>/<container>/<restart>.log tells who spoke.
LOGS_DIRECTORY = "/var/log/pods"
METRICS_PORT = 3101
#: Pattern -> what stands in its place. Order matters: addresses before numbers within them.
SCRUBBED: tuple[tuple[str, str, str], ...] = (
    ("query strings", r"\?[^\s\"']+", "?<query>"),
    ("mail addresses", r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}", "<address>"),
    ("bearer tokens", r"(?i)bearer +[A-Za-z0-9._~+/-]+=*", "Bearer <token>"),
    ("telephone numbers", r"\+?\(?\b\d{3}\)?[ .-]\d{3}[ .-]\d{4}\b|\+\d{10,14}\b", "<number>"),
)


def configuration(loki_url: str, *, logs: str = LOGS_DIRECTORY, state: str = STATE_DIRECTORY) -> str:
    """The whole file; `otelcol validate` reads it. `loki_url` is Loki's address without a path."""
    return yaml.safe_dump(
        {
            "extensions": {"file_storage": {"directory": state, "create_directory": True}},
            "receivers": {"filelog": _receiver(logs)},
            "processors": {
                "memory_limiter": {"check_interval": "1s", "limit_mib": 96, "spike_limit_mib": 24},
                "batch": {"send_batch_size": 1_000, "timeout": "2s"},
            },
            "exporters": {
                "otlphttp": {
                    "endpoint": f"{loki_url}/otlp",
                    "sending_queue": {"storage": "file_storage", "queue_size": 500},
                    "retry_on_failure": {"max_elapsed_time": "0s"},  # for as long as Loki is away
                }
            },
            "service": {
                "extensions": ["file_storage"],
                "pipelines": {
                    "logs": {
                        "receivers": ["filelog"],
                        "processors": ["memory_limiter", "batch"],
                        "exporters": ["otlphttp"],
                    }
                },
                "telemetry": {
                    "metrics": {
                        "readers": [{"pull": {"exporter": {"prometheus": {"host": "0.0.0.0", "port": METRICS_PORT}}}}]
                    }
                },
            },
        },
        sort_keys=False,
        width=120,
    )


def _receiver(logs: str) -> Json:
    """Names of pods come from the path: the collector needs no access to the Kubernetes API."""
    blots: list[Json] = [
        {
            "type": "regex_replace",
            "field": "body",
            "regex": pattern,
            "replace_with": replacement,
            "if": "body != nil",
        }
        for _, pattern, replacement in SCRUBBED
    ]
    return {
        "include": [f"{logs}/*/*/*.log"],
        "exclude": [f"{logs}/*/log-collector/*.log"],  # its own words about a lost Loki would feed on themselves
        "start_at": "beginning",
        "storage": "file_storage",
        "include_file_path": True,
        "include_file_name": False,
        "retry_on_failure": {"enabled": True},
        "operators": [{"type": "container"}, *blots],
    }
