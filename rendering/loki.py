"""loki.yaml: one program with its own disk, the documented retention, and limits a runaway logger cannot exceed."""

import yaml

from rendering.prometheus.scrape_targets import component
from systems.model import System

DATA_DIRECTORY = "/var/loki"
#: Logs are written in this form since the first day; another needs an entry of its own from its first day on.
SCHEMA_FROM = "2026-01-01"


def configuration(system: System) -> str:
    """The whole file; `loki -verify-config` reads it."""
    loki = component(system, "loki")
    return yaml.safe_dump(
        {
            "auth_enabled": False,  # who may reach it is the network policies' part: the collectors and Grafana
            "server": {
                "http_listen_port": loki.port,
                "grpc_listen_address": "127.0.0.1",  # one program that speaks to itself
                "grpc_listen_port": 9095,
                "log_level": "warn",
            },
            "frontend": {"address": "127.0.0.1"},
            "common": {
                "path_prefix": DATA_DIRECTORY,
                "replication_factor": 1,
                "ring": {"kvstore": {"store": "inmemory"}, "instance_addr": "127.0.0.1"},
                "storage": {
                    "filesystem": {
                        "chunks_directory": f"{DATA_DIRECTORY}/chunks",
                        "rules_directory": f"{DATA_DIRECTORY}/rules",
                    }
                },
            },
            "schema_config": {
                "configs": [
                    {
                        "from": SCHEMA_FROM,
                        "store": "tsdb",
                        "object_store": "filesystem",
                        "schema": "v13",
                        "index": {"prefix": "index_", "period": "24h"},
                    }
                ]
            },
            "limits_config": {
                "retention_period": f"{loki.retention_days * 24}h",
                "allow_structured_metadata": True,
                "reject_old_samples": True,
                "reject_old_samples_max_age": "24h",
                "ingestion_rate_mb": 8,
                "ingestion_burst_size_mb": 16,
                "max_line_size": "64KB",
                "max_line_size_truncate": True,
                "otlp_config": {
                    "resource_attributes": {
                        "attributes_config": [
                            {
                                "action": "index_label",
                                "attributes": ["k8s.namespace.name", "k8s.container.name", "k8s.pod.name"],
                            }
                        ]
                    }
                },
            },
            "compactor": {
                "working_directory": f"{DATA_DIRECTORY}/compactor",
                "retention_enabled": True,
                "delete_request_store": "filesystem",
            },
            "analytics": {"reporting_enabled": False},
        },
        sort_keys=False,
        width=120,
    )
