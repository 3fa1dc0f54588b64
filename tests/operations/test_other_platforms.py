"""The other documents' checks, on their own platforms: the 988 status, WebSockets, TLS 1.3 alone, two workloads."""

from dataclasses import replace

import pytest

from operations.health.verdicts import Finding, Verdict
from tests.live.haproxy.fleet import DOMAIN
from tests.operations.platform import stands

pytestmark = pytest.mark.xdist_group("health")
ALONE = ("sound",)


def told(findings: list[Finding]) -> dict[tuple[str, str], tuple[Verdict, str]]:
    return {(each.kind, each.subject): (each.verdict, each.found) for each in findings}


def test_being_tells_whether_988_can_be_reached(tmp_path) -> None:
    hotline = "988", f"https://api.{DOMAIN}/crisis/988/status"
    with stands(tmp_path, "being-prod", ALONE) as being:
        found = told(being.ask())
        assert found[hotline] == (Verdict.SOUND, "200 and .available is True")
        assert found["TLS", DOMAIN] == (Verdict.SOUND, "offers TLSv1.3")
        assert {verdict for verdict, _ in found.values()} == {Verdict.SOUND}
        assert {subject for kind, subject in found if kind == "health"} == {
            f"https://api.{DOMAIN}{path}" for path in ("/health", "/db/health", "/assessments/accuracy-test")
        }
        with being.answering("/crisis/988/status", 200, {"available": False}):
            assert told(being.ask())[hotline] == (Verdict.BROKEN, ".available is False")
        with being.answering("/db/health", 200, {"connected": 1}):
            wrong = told(being.ask())["health", f"https://api.{DOMAIN}/db/health"]
            assert wrong == (Verdict.BROKEN, ".connected is 1")


def test_astral_draft_speaks_over_websockets(tmp_path) -> None:
    with stands(tmp_path, "astral-draft-prod", ALONE) as draft:
        found = told(draft.ask())
        assert found["WebSocket", f"wss://{DOMAIN}/ws"] == (Verdict.SOUND, "101 and a pong")
        assert {verdict for verdict, _ in found.values()} == {Verdict.SOUND}


def test_a_path_that_speaks_no_websocket_is_told(tmp_path) -> None:
    with stands(tmp_path, "astral-draft-prod", ALONE) as draft:
        changed = tuple(
            replace(each, websockets=each.websockets and replace(each.websockets, path="/api/status"))
            for each in draft.stack.system.workloads
        )
        application = replace(draft.stack.system.application, workloads=changed)
        silent = replace(draft.stack.settings, system=replace(draft.stack.system, application=application))
        draft.stack = replace(draft.stack, settings=silent)
        assert told(draft.ask())["WebSocket", f"wss://{DOMAIN}/api/status"] == (Verdict.BROKEN, "status 200")


@pytest.mark.parametrize("name", ["tdah-assistant-prod", "astral-core-v7-prod"])
def test_the_others_are_found_sound(tmp_path, name: str) -> None:
    with stands(tmp_path, name, ALONE) as platform:
        findings = platform.ask()
        assert [each for each in findings if each.verdict is Verdict.BROKEN] == []
        closed = {each.subject.partition(DOMAIN)[2] for each in findings if each.verdict is Verdict.UNSEEN}
        figures = {each.path for each in platform.stack.system.monitoring.json_endpoints}
        assert closed <= figures
        assert all(path.startswith(platform.stack.system.load_balancer.closed_prefixes) for path in closed)
        documented = {
            check.path for work in platform.stack.system.workloads for check in work.health if "outside" in check.uses
        }
        assert documented == {each.subject.partition(DOMAIN)[2] for each in findings if each.kind == "health"}
