"""A platform on loopback as visitors find it: a real HAProxy before reference applications, and its broken sisters.

CloudFront's part, the crisis page, is added to HAProxy's own rendered configuration; visitors come straight to it.
"""

import json
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from operations.health import outside, stack
from operations.health.door import Door
from operations.health.resolver import Resolver
from operations.health.stack import Stack
from operations.health.verdicts import Finding, judge
from rendering import pages
from rendering.variants import Lane
from systems.model import System
from tests.live.haproxy.fleet import DOMAIN, Fleet, Proxy, quick, standing
from tests.operations.certificates import Authority

NAMES = (DOMAIN, f"*.{DOMAIN}")
#: By what is wrong with each door; the first has nothing wrong.
FLAWS = ("sound", "careless", "expired", "another name")
NAME_SERVERS = ["ns-1.example.net", "ns-2.example.net"]


@dataclass
class Platform:
    """`ask` asks through the door with a flaw and returns what came of each check."""

    fleet: Fleet
    authority: Authority
    stack: Stack
    outputs: Path

    def door(self, flaw: str) -> Door:
        where = self.fleet.proxies[FLAWS.index(flaw)].surroundings
        return Door(
            resolver=Resolver(("127.0.0.1", 1)),
            instead={443: ("127.0.0.1", where.https_port), 80: ("127.0.0.1", where.http_port)},
            authority=self.authority.file,
            timeout_seconds=60,
        )

    def ask(self, flaw: str = "sound") -> list[Finding]:
        return judge(outside.checks(self.stack, self.door(flaw)))

    @contextmanager
    def answering(self, path: str, status: int, body: object) -> Iterator[None]:
        """The applications answer a path otherwise, for as long as this lasts."""
        known = json.loads(self.fleet.servers[0].contract.read_text())["answers"][path]
        self._answer(path, {"status": status, "body": body})
        try:
            yield
        finally:
            self._answer(path, known)

    def _answer(self, path: str, answer: object) -> None:
        for server in self.fleet.servers:
            address = f"http://{server.address}:{server.variant.workload.port}/-/control"
            told = json.dumps({path: answer}).encode()
            urllib.request.urlopen(urllib.request.Request(address, data=told), timeout=60).close()


@contextmanager
def stands(directory: Path, name: str, flaws: tuple[str, ...] = FLAWS) -> Iterator[Platform]:
    settings = stack.stack_settings(name)
    authority = Authority(directory)
    with standing(directory, quick(settings.system), proxies=len(flaws)) as fleet:
        certificates = {
            "expired": authority.certificate(*NAMES, days=-2),
            "careless": authority.certificate(*NAMES, days=9.5),
            "another name": authority.certificate("elsewhere.test", days=60.5),
        }
        sound = authority.certificate(*NAMES, days=60.5, kind=fleet.system.tls.certificate_key)
        for proxy, flaw in zip(fleet.proxies, flaws, strict=True):
            Path(proxy.surroundings.certificate).write_text(certificates.get(flaw, sound))
            proxy.files = {**proxy.files, "haproxy.cfg": _configuration(proxy, fleet.system, flaw)}
        for workload in fleet.system.workloads:
            if workload.port:
                fleet.add(workload.name)
            if workload.critical:
                fleet.add(workload.name, lane=Lane.CRITICAL)
        fleet.start()
        outputs = {
            "url": f"https://{DOMAIN}",
            "delegate_to": {"name_servers": NAME_SERVERS},
            "database": "astral-test-database.invalid",
            "cluster": "astral-test",
            "namespace": "platform",
        }
        file = directory / "outputs.json"
        file.write_text(json.dumps(outputs))
        yield Platform(fleet, authority, Stack(name=name, settings=settings, outputs=outputs), file)


def _configuration(proxy: Proxy, system: System, flaw: str) -> str:
    text = proxy.files["haproxy.cfg"].replace("127.0.0.0/8", "10.0.0.0/8")  # here nobody is the load balancer
    if flaw == "careless":
        text = "".join(line for line in text.splitlines(keepends=True) if "set-header X-Frame-Options" not in line)
        text = text.replace('Referrer-Policy "strict-origin-when-cross-origin"', 'Referrer-Policy "unsafe-url"')
        text = text.replace("ssl-min-ver TLSv1.2", "ssl-min-ver TLSv1.1")
        text = text.replace("ssl-default-bind-ciphers ", "ssl-default-bind-ciphers ALL:@SECLEVEL=0:")
        return text.replace("redirect scheme https code 301", "redirect scheme https code 302")
    if system.crisis is None:
        return text
    (proxy.directory / "crisis.html").write_text(pages.crisis(system))
    page = f"http-request return status 200 content-type text/html file {proxy.directory}/crisis.html"
    first = "    acl from_balancer"
    return text.replace(first, f"    {page} if {{ path {pages.crisis_path(system)} }}\n{first}", 1)
