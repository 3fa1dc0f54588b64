"""blackbox.yml: what counts as a good answer when a documented path is asked from outside.

One module for each status and body the spec's checks demand; bodies are JSON, of which the demanded member is compared.
"""

import re

import yaml

from rendering.prometheus.scrape_targets import outside_checks
from systems.model import BodyCheck, System

Json = dict[str, object]

#: Shorter than Prometheus waits: the reason of a failure is kept, where a scrape that times out says nothing.
TIMEOUT_SECONDS = 8


def configuration(system: System) -> str:
    """The whole file."""
    modules: Json = {}
    for each in outside_checks(system, system.edge.domain):
        if each.check is None:
            modules[each.module] = _module(200, [r"(?s)\b988\b"])
        else:
            modules[each.module] = _module(each.check.expected_status, [_demanded(body) for body in each.check.body])
    return yaml.safe_dump({"modules": modules}, sort_keys=False, width=120)


def _module(status: int, bodies: list[str]) -> Json:
    """TLS is verified, redirects are not followed: a check that lands on another page has not passed."""
    return {
        "prober": "http",
        "timeout": f"{TIMEOUT_SECONDS}s",
        "http": {
            "method": "GET",
            "valid_status_codes": [status],
            "follow_redirects": False,
            "fail_if_not_ssl": True,
            "preferred_ip_protocol": "ip4",
            "headers": {"User-Agent": "lifeline-outside-check"},
            **({"fail_if_body_not_matches_regexp": bodies} if bodies else {}),
        },
    }


def _demanded(body: BodyCheck) -> str:
    """The member's name and value, wherever it stands: `.checks.database` is told apart by its last name only."""
    name = body.json_path.rsplit(".", 1)[-1]
    value = body.equals
    if isinstance(value, str):
        wanted = f'"{re.escape(value)}"'
    elif isinstance(value, bool):
        wanted = f"{str(value).lower()}\\b"
    else:
        wanted = f"{value:g}(\\.0+)?\\s*[,}}]"
    return f'"{re.escape(name)}"\\s*:\\s*{wanted}'
