"""What the JSON exporter (images/json_exporter) reads: for each documented path an address, and members with names.

Prometheus asks it `/probe?module=<documented path>`. Addresses stand in this file and nowhere else, so that nobody can
make the exporter call what it should not.
"""

import json

from systems.model import System, Workload

Json = dict[str, object]

#: Shorter than Prometheus waits.
TIMEOUT_SECONDS = 5


def configuration(system: System, namespace: str = "platform") -> str:
    """The whole file, JSON itself."""
    workload = _answers_for_the_platform(system)
    base = f"http://{workload.object_name}.{namespace}.svc:{workload.port}" if workload else ""
    modules: Json = {
        endpoint.path: {
            "url": f"{base}{endpoint.path}",
            "metrics": [{"name": each.name, "path": each.json_path, "help": each.meaning} for each in endpoint.metrics],
        }
        for endpoint in system.monitoring.json_endpoints
    }
    return json.dumps({"timeout_seconds": TIMEOUT_SECONDS, "modules": modules}, indent=2) + "\n"


def _answers_for_the_platform(system: System) -> Workload | None:
    """The workload that tells about itself; rendering/contract.py asks the same one for these paths."""
    telling = [workload for workload in system.workloads if workload.metrics]
    if system.monitoring.json_endpoints and not telling:
        raise ValueError(f"{system.name} has JSON endpoints and no workload with metrics that could answer them")
    return telling[0] if telling else None
