"""The table of tools: versions agree wherever they stand, and the makers' addresses are the documented ones."""

import re
import subprocess

import pytest
from toolchain_workshop import Memory

from rehearsal.paths import cache
from rehearsal.toolchain import ensure
from rehearsal.toolchain.build import needed_go
from rehearsal.toolchain.found import version_of
from rehearsal.toolchain.table import EVERY_TOOL, MODULES, Platform, Tool

#: Before any fixture moves it: these tools take minutes to build, and the user has them.
USERS_STORE = cache()

MODULE_OF = {
    "pulumi": "github.com/pulumi/pulumi/pkg/v3",
    "kubernetes": "k8s.io/kubernetes",
    "kwok": "sigs.k8s.io/kwok",
    "etcd": "go.etcd.io/etcd/server/v3",
    "prometheus": "github.com/prometheus/prometheus",
    "alertmanager": "github.com/prometheus/alertmanager",
    "actionlint": "github.com/rhysd/actionlint",
}

#: Modules whose own version is not that of the release they are.
VERSION_OF_MODULE = {"prometheus": "0.314.0"}

ADDRESSES = """\
https://get.pulumi.com/releases/sdk/pulumi-v3.245.0-linux-x64.tar.gz
https://get.pulumi.com/releases/sdk/pulumi-v3.245.0-darwin-arm64.tar.gz
https://dl.k8s.io/release/v1.35.4/bin/linux/amd64/kube-apiserver
https://dl.k8s.io/release/v1.35.4/bin/linux/amd64/kube-controller-manager
https://dl.k8s.io/release/v1.35.4/bin/linux/amd64/kube-scheduler
https://github.com/kubernetes-sigs/kwok/releases/download/v0.7.0/kwok-linux-amd64
https://github.com/kubernetes-sigs/kwok/releases/download/v0.7.0/kwok-darwin-arm64
https://github.com/etcd-io/etcd/releases/download/v3.6.5/etcd-v3.6.5-linux-amd64.tar.gz
https://github.com/etcd-io/etcd/releases/download/v3.6.5/etcd-v3.6.5-darwin-arm64.zip
https://github.com/prometheus/prometheus/releases/download/v3.14.0/prometheus-3.14.0.linux-amd64.tar.gz
https://github.com/prometheus/prometheus/releases/download/v3.14.0/prometheus-3.14.0.linux-amd64.tar.gz
https://github.com/prometheus/prometheus/releases/download/v3.14.0/prometheus-3.14.0.darwin-arm64.tar.gz
https://github.com/prometheus/prometheus/releases/download/v3.14.0/prometheus-3.14.0.darwin-arm64.tar.gz
https://github.com/prometheus/alertmanager/releases/download/v0.28.1/alertmanager-0.28.1.linux-amd64.tar.gz
https://github.com/prometheus/alertmanager/releases/download/v0.28.1/alertmanager-0.28.1.linux-amd64.tar.gz
https://github.com/prometheus/alertmanager/releases/download/v0.28.1/alertmanager-0.28.1.darwin-arm64.tar.gz
https://github.com/prometheus/alertmanager/releases/download/v0.28.1/alertmanager-0.28.1.darwin-arm64.tar.gz
https://github.com/rhysd/actionlint/releases/download/v1.7.12/actionlint_1.7.12_linux_amd64.tar.gz
https://github.com/rhysd/actionlint/releases/download/v1.7.12/actionlint_1.7.12_darwin_arm64.tar.gz"""

CHECKSUMS = """\
https://get.pulumi.com/releases/sdk/pulumi-3.245.0-checksums.txt
https://dl.k8s.io/release/v1.35.4/bin/linux/amd64/kube-apiserver.sha256
https://api.github.com/repos/kubernetes-sigs/kwok/releases/tags/v0.7.0
https://github.com/etcd-io/etcd/releases/download/v3.6.5/SHA256SUMS
https://github.com/prometheus/prometheus/releases/download/v3.14.0/sha256sums.txt
https://github.com/prometheus/alertmanager/releases/download/v0.28.1/sha256sums.txt
https://github.com/rhysd/actionlint/releases/download/v1.7.12/actionlint_1.7.12_checksums.txt"""


def by_name(tool: Tool) -> str:
    return tool.name


@pytest.mark.parametrize("tool", EVERY_TOOL, ids=by_name)
def test_the_go_module_pins_the_version_of_the_table(tool: Tool) -> None:
    content = (tool.module / "go.mod").read_text()
    version = VERSION_OF_MODULE.get(tool.name, tool.version)
    assert re.search(rf"\s{re.escape(MODULE_OF[tool.name])} v{version}\b", content)
    assert all(re.search(rf"^(tool |\t){program.package}$", content, re.MULTILINE) for program in tool.programs)


@pytest.mark.parametrize("tool", EVERY_TOOL, ids=by_name)
def test_what_is_installed_would_also_be_taken_from_path(tool: Tool) -> None:
    assert tool.fits(tool.version)


def test_every_committed_module_belongs_to_a_tool() -> None:
    assert {path.name for path in MODULES.iterdir()} == {tool.module.name for tool in EVERY_TOOL}


def test_the_addresses_of_the_releases() -> None:
    targets = (Platform("linux", "amd64"), Platform("darwin", "arm64"))
    rendered = [
        tool.text(tool.release.file, program, target)
        for tool in EVERY_TOOL
        for target in targets
        if str(target) in tool.release.platforms
        for program in tool.programs
    ]
    assert "\n".join(rendered) == ADDRESSES
    published = [tool.text(tool.release.checksums, tool.programs[0], targets[0]) for tool in EVERY_TOOL]
    assert "\n".join(published) == CHECKSUMS


def test_pins_are_sha256_of_platforms_that_have_a_release() -> None:
    for tool in EVERY_TOOL:
        assert set(tool.release.pins) <= tool.release.platforms
        assert all(re.fullmatch(r"[0-9a-f]{64}", pin) for pin in tool.release.pins.values())


def test_go_is_asked_for_in_the_version_the_modules_need() -> None:
    assert {tool.name: needed_go(tool) for tool in EVERY_TOOL} == {
        "pulumi": "1.25.8",
        "kubernetes": "1.25.0",
        "kwok": "1.25.0",
        "etcd": "1.25.0",
        "prometheus": "1.25.8",
        "alertmanager": "1.25.0",
        "actionlint": "1.25.0",
    }


@pytest.mark.engine
def test_every_tool_can_be_had_and_says_its_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIFELINE_CACHE", str(USERS_STORE))
    found = ensure(Memory(), tools=EVERY_TOOL)
    for tool in EVERY_TOOL:
        for program in tool.programs:
            assert tool.fits(version_of(found[program.name], program, 30))
    help_of = {name: subprocess.run([path, "--help"], capture_output=True, check=False) for name, path in found.items()}
    assert {name: done.returncode for name, done in help_of.items()} == dict.fromkeys(found, 0)
