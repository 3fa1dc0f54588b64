"""What HAProxy says itself: maintenance, hotlines where nobody answers on a critical path, and errors.

Each in two forms, a page for browsers and JSON for programs, one line each in a map, so that one rule serves both.
"""

import json

from rendering import pages
from rendering.pages.hotlines import hotline_list
from rendering.pages.layout import document
from rendering.pages.words import words
from systems.model import System

#: HAProxy reads a line of a map into one buffer of 16 kB.
_LONGEST_LINE = 16_000


def table(system: System) -> str:
    """Key and text; keys are `<answer>-<kind>`."""
    said = {
        "maintenance-html": pages.maintenance(system),
        "maintenance-json": _json(system, "maintenance", retryAfterSeconds=system.maintenance.retry_after_seconds),
        "error-html": _error_page(system),
        "error-json": _json(system, "unavailable"),
    }
    if system.crisis:
        # "delivered" is said aloud: whoever sent a cry for help must not believe that it has been read
        told = "Nobody here has read this. Please call one of these lines now: they answer day and night."
        said["crisis-html"] = pages.crisis(system)
        said["crisis-json"] = _json(system, "call-a-hotline", delivered=False, message=told)
    return "".join(f"{key} {_line(key, text)}\n" for key, text in sorted(said.items()))


def _line(key: str, text: str) -> str:
    line = " ".join(text.split())
    if len(line.encode()) > _LONGEST_LINE:
        raise ValueError(f"answer {key}: {len(line.encode())} bytes, HAProxy takes up to {_LONGEST_LINE} in a line")
    return line


def _json(system: System, status: str, **more: object) -> str:
    hotlines = [
        {"name": line.name, "number": line.number, "contact": line.contact.value, "country": line.country}
        for line in (system.crisis.hotlines if system.crisis else ())
    ]
    return json.dumps({"status": status, **more, **({"hotlines": hotlines} if hotlines else {})})


def _error_page(system: System) -> str:
    said = words("en")
    body = '<h1>This did not work.</h1>\n<p>Please <a href="">try again</a> in a moment.</p>'
    if system.crisis:
        body += f"\n<p><strong>{said.meanwhile}</strong></p>\n{hotline_list(system.crisis.hotlines, said)}"
    return document(f"Try again: {system.full_name}", "en", body, '<meta name="robots" content="noindex">\n')
