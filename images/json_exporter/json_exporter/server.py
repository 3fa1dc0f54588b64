"""`/probe?module=<name>` asks the module's address and answers in Prometheus' text format; `/healthz` tells it lives.

Addresses come from the configuration alone: a caller can name one, never give one.
"""

from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from json_exporter.asking import Configuration, Found, NoAnswer, ask

_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Server(ThreadingHTTPServer):
    """One thread for each question: a slow address holds up nobody else."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], configuration: Configuration) -> None:
        super().__init__(address, _Handler)
        self.configuration = configuration


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        if asked.path == "/healthz":
            self._answer(HTTPStatus.OK, "alive\n")
        elif asked.path == "/probe":
            self._probe(parse_qs(asked.query).get("module", [""])[0])
        else:
            self._answer(HTTPStatus.NOT_FOUND, "paths: /probe?module=<name>, /healthz\n")

    def _probe(self, name: str) -> None:
        configuration = self.server.configuration
        module = configuration.modules.get(name)
        if module is None:
            known = ", ".join(sorted(configuration.modules))
            self._answer(HTTPStatus.BAD_REQUEST, f"no module {name!r}; there are {known}\n")
            return
        try:
            found = ask(module, configuration.timeout_seconds)
        except NoAnswer as error:
            self._answer(HTTPStatus.BAD_GATEWAY, f"{module.url}: {error}\n")
            return
        self._answer(HTTPStatus.OK, exposition(found))

    def _answer(self, status: HTTPStatus, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", _CONTENT_TYPE)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: Prometheus asks every few seconds, and keeps what came of it."""


def exposition(found: Found) -> str:
    """Prometheus' text format; how many members were missing is a metric as well."""
    lines: list[str] = []
    for metric, value in found.samples:
        explained = metric.help.replace("\\", "\\\\").replace("\n", " ")
        lines += [f"# HELP {metric.name} {explained}", f"# TYPE {metric.name} gauge", f"{metric.name} {value!r}"]
    lines += ["# TYPE json_members_missing gauge", f"json_members_missing {len(found.missing)}"]
    return "\n".join(lines) + "\n"
