"""Runs that were killed, interrupted or lost their cluster, on the real engine: nothing stays in the way."""

import json
import os
import signal
import threading
import time
from collections.abc import Callable

import pytest

from rehearsal.engine import Interrupted
from rehearsal.providers.kubernetes.client import Client
from tests.engine_runs import EngineRun
from tests.providers.kubernetes.web_program import web

pytestmark = [pytest.mark.cluster, pytest.mark.engine]
Runs = Callable[..., EngineRun]


def test_a_killed_engine_leaves_nothing_that_the_next_up_cannot_go_on_with(
    kubernetes_run: Runs, client: Client, machines: list[str]
) -> None:
    """Killed while the Deployment is waited for: it exists, and the state has it only as begun."""
    run = kubernetes_run(web("killed", selector={"pool": "later"}))

    def kill_when_it_waits() -> None:
        deadline = time.monotonic() + 60
        while client.find("/apis/apps/v1/namespaces/killed/deployments/web") is None and time.monotonic() < deadline:
            time.sleep(0.1)
        time.sleep(0.5)
        lock = next(run.checkpoint.locks.glob("*.json"))
        os.kill(json.loads(lock.read_text())["pid"], signal.SIGKILL)

    threading.Thread(target=kill_when_it_waits, daemon=True).start()
    assert run.engine.operate("up", "--skip-preview", limit=60).code == -signal.SIGKILL
    before = client.get("/apis/apps/v1/namespaces/killed/deployments/web")["metadata"]["uid"]
    run.write(web("killed")).up()
    assert client.get("/apis/apps/v1/namespaces/killed/deployments/web")["metadata"]["uid"] == before
    assert run.preview().story.changes == {"same": 5}
    run.destroy()


def test_the_objects_of_a_cluster_that_is_gone_can_be_dropped(
    kubernetes_run: Runs, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = kubernetes_run(
        f"""
        import pulumi_kubernetes as k8s

        k8s.core.v1.ConfigMap("settings", metadata={{"name": "settings", "namespace": "{namespace}"}})
        """
    )
    run.up()
    endpoints = json.loads(run.stack.endpoints.read_text())
    endpoints["kubernetes"]["server"] = "https://127.0.0.1:9"
    run.stack.endpoints.write_text(json.dumps(endpoints))
    assert "does not answer" in run.destroy(fails=True).text
    monkeypatch.setenv("PULUMI_K8S_DELETE_UNREACHABLE", "true")
    run.destroy()


def test_an_interrupted_wait_ends_promptly_and_the_next_up_goes_on(
    kubernetes_run: Runs, client: Client, machines: list[str]
) -> None:
    run = kubernetes_run(web("paused", selector={"pool": "later"}))

    def interrupt_when_it_waits() -> None:
        deadline = time.monotonic() + 60
        while client.find("/apis/apps/v1/namespaces/paused/deployments/web") is None and time.monotonic() < deadline:
            time.sleep(0.1)
        time.sleep(1)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt_when_it_waits, daemon=True).start()
    with pytest.raises(Interrupted):
        run.engine.operate("up", "--skip-preview", limit=60)
    assert "interrupted after" in (run.stack.logs / "engine-up.log").read_text()
    run.write(web("paused")).up()
    assert run.preview().story.changes == {"same": 5}
    run.destroy()
