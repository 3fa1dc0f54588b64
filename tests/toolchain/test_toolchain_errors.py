"""When no source works: one error, with what was tried, why it failed, and the ways out."""

from pathlib import Path

import pytest
from toolchain_workshop import Memory, ReleaseHost, gadget, put, says

from rehearsal.errors import RehearsalError
from rehearsal.toolchain import ensure

NO_GO_AND_NO_NETWORK = """\
The rehearsal cannot get pulumi 3.245.0, kubernetes 1.35.4, kwok 0.7.0, etcd 3.6.5
  tried: pulumi from PATH: no pulumi
  tried: pulumi from official release: not asked for, because the network is not to be used
  tried: pulumi from Go modules: Go is not on PATH
  tried: kubernetes from PATH: no kube-apiserver
  tried: kubernetes from official release: not asked for, because the network is not to be used
  tried: kubernetes from Go modules: Go is not on PATH
  tried: kwok from PATH: no kwok
  tried: kwok from official release: not asked for, because the network is not to be used
  tried: kwok from Go modules: Go is not on PATH
  tried: etcd from PATH: {etcd} is 3.4.23, not from 3.5.0 to below 3.7.0
  tried: etcd from official release: not asked for, because the network is not to be used
  tried: etcd from Go modules: Go is not on PATH
  next:  put on PATH: pulumi 3.245.0 (from 3.245.0 to below 4.0.0 will do), \
kubernetes 1.35.4 (from 1.35.0 to below 1.36.0 will do), kwok 0.7.0 (from 0.7.0 to below 0.8.0 will do), \
etcd 3.6.5 (from 3.5.0 to below 3.7.0 will do)
  next:  let this machine reach dl.k8s.io, get.pulumi.com, github.com
  next:  install Go 1.25.8 or newer, and let it download modules"""


def test_no_go_and_no_network(without_go: Path, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    etcd = put(without_go, "etcd", says("3.4.23", name="etcd Version:"))
    monkeypatch.setenv("PATH", str(without_go))
    with pytest.raises(RehearsalError) as caught:
        ensure(Memory(), offline=True)
    assert str(caught.value) == NO_GO_AND_NO_NETWORK.format(etcd=etcd)
    assert [path.name for path in store.rglob("*") if path.is_file() and path.name != "lock"] == []


def test_what_can_be_had_is_installed_and_the_rest_is_told_at_once(
    module: Path, host: ReleaseHost, without_go: Path
) -> None:
    host.offer("one", says("1.2.3"))
    tools = [gadget(module, host.url, name=name, programs=(name,)) for name in ("one", "two", "three")]
    with pytest.raises(RehearsalError) as caught:
        ensure(Memory(), tools=tools)
    assert caught.value.problem == "The rehearsal cannot get two 1.2.3, three 1.2.3"
    assert set(ensure(Memory(), ["one"], tools=tools)) == {"one"}


def test_a_source_that_was_forbidden_is_named_and_a_way_out(
    module: Path, without_go: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIFELINE_TOOLS_FROM", "build")
    with pytest.raises(RehearsalError) as caught:
        ensure(Memory(), tools=[gadget(module)])
    assert caught.value.tried == [
        "gadget from PATH: not allowed by LIFELINE_TOOLS_FROM",
        "gadget from official release: not allowed by LIFELINE_TOOLS_FROM",
        "gadget from Go modules: Go is not on PATH",
    ]
    assert caught.value.ways_out[-1] == "unset LIFELINE_TOOLS_FROM"


@pytest.mark.parametrize("value", ["", "paht", "path,go"])
def test_a_source_that_does_not_exist_is_told(module: Path, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("LIFELINE_TOOLS_FROM", value)
    with pytest.raises(RehearsalError, match=f"LIFELINE_TOOLS_FROM is '{value}': there is no source") as caught:
        ensure(Memory(), tools=[gadget(module)])
    assert "path, release, build" in caught.value.ways_out[0]


def test_a_tool_that_does_not_exist_is_told() -> None:
    with pytest.raises(RehearsalError) as caught:
        ensure(Memory(), ["kubelet"])
    assert str(caught.value) == (
        "There is no tool 'kubelet'\n"
        "  next:  use one of etcd, kube-apiserver, kube-controller-manager, kube-scheduler, kubernetes, kwok, pulumi"
    )
