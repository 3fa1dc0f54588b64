"""The programs the rehearsal runs: which versions fit, where each is released, how each is built."""

import hashlib
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple

Source = Literal["path", "release", "build"]

MODULES = Path(__file__).resolve().parent / "go"


class Version(NamedTuple):
    major: int
    minor: int
    patch: int

    @classmethod
    def parse(cls, text: str) -> "Version":
        major, minor, patch = text.split(".")
        return cls(int(major), int(minor), int(patch))

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


@dataclass(frozen=True)
class Platform:
    """An operating system and processor, in Go's names."""

    os: str
    arch: str

    @classmethod
    def here(cls) -> "Platform":
        machine = platform.machine().lower()
        return cls(platform.system().lower(), {"x86_64": "amd64", "aarch64": "arm64"}.get(machine, machine))

    def __str__(self) -> str:
        return f"{self.os}-{self.arch}"


@dataclass(frozen=True, kw_only=True)
class Program:
    name: str
    package: str
    version_arguments: tuple[str, ...] = ("--version",)


@dataclass(frozen=True, kw_only=True)
class Release:
    """Where the makers publish one file a program; texts are filled in by `Tool.text`."""

    file: str
    platforms: frozenset[str]
    #: A file that holds the checksum, or the release as GitHub's API describes it (`digest` of each file).
    checksums: str
    #: The program's path in an archive; empty when the file is the program itself.
    member: str = ""
    #: sha256 of the file by platform. A pinned file is checked against its pin alone.
    pins: Mapping[str, str] = field(default_factory=dict[str, str])
    processor_names: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, kw_only=True)
class Tool:
    """Programs that come together, in one version."""

    name: str
    version: Version
    #: What is taken from PATH: from `minimum` on, below `below`.
    minimum: Version
    below: Version
    programs: tuple[Program, ...]
    release: Release
    module: Path
    linker_flags: str = "-s -w"
    #: A script on PATH (the shim of a version manager) will not do.
    only_binary: bool = False

    def fits(self, version: Version) -> bool:
        return self.minimum <= version < self.below

    @property
    def range(self) -> str:
        return f"from {self.minimum} to below {self.below}"

    def text(self, template: str, program: Program, target: Platform) -> str:
        return template.format(
            version=self.version,
            program=program.name,
            os=target.os,
            arch=self.release.processor_names.get(target.arch, target.arch),
            archive="zip" if target.os == "darwin" else "tar.gz",
        )

    def recipe(self, source: Source) -> str:
        """Changes whenever what `source` would install does, so that an older copy is not taken for it."""
        parts = [str(self.version), *(program.package for program in self.programs)]
        if source == "release":
            parts += [self.release.file, self.release.member, *sorted(self.release.pins.values())]
        else:
            parts += [self.linker_flags, *((self.module / name).read_text() for name in ("go.mod", "go.sum"))]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:8]


_LINUX = frozenset({"linux-amd64", "linux-arm64"})
_LINUX_AND_MACOS = _LINUX | {"darwin-amd64", "darwin-arm64"}

_PULUMI_VERSION = Version(3, 245, 0)

_PULUMI = Tool(
    name="pulumi",
    version=_PULUMI_VERSION,
    minimum=_PULUMI_VERSION,
    below=Version(4, 0, 0),
    programs=(
        Program(name="pulumi", package="github.com/pulumi/pulumi/pkg/v3/cmd/pulumi", version_arguments=("version",)),
    ),
    release=Release(
        file="https://get.pulumi.com/releases/sdk/pulumi-v{version}-{os}-{arch}.tar.gz",
        member="pulumi/pulumi",
        checksums="https://get.pulumi.com/releases/sdk/pulumi-{version}-checksums.txt",
        platforms=_LINUX_AND_MACOS,
        processor_names={"amd64": "x64"},
    ),
    module=MODULES / "pulumi",
    linker_flags=f"-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v{_PULUMI_VERSION}",
    # The language host must lie beside the engine's own file; a shim's file lies elsewhere.
    only_binary=True,
)

_KUBERNETES_VERSION = Version(1, 35, 4)
_STAMP = "k8s.io/component-base/version"

_KUBERNETES = Tool(
    name="kubernetes",
    version=_KUBERNETES_VERSION,
    minimum=Version(1, 35, 0),
    below=Version(1, 36, 0),
    programs=(
        Program(name="kube-apiserver", package="k8s.io/kubernetes/cmd/kube-apiserver"),
        Program(name="kube-controller-manager", package="k8s.io/kubernetes/cmd/kube-controller-manager"),
        Program(name="kube-scheduler", package="k8s.io/kubernetes/cmd/kube-scheduler"),
    ),
    release=Release(
        file="https://dl.k8s.io/release/v{version}/bin/{os}/{arch}/{program}",
        checksums="https://dl.k8s.io/release/v{version}/bin/{os}/{arch}/{program}.sha256",
        # Kubernetes publishes its servers for Linux only.
        platforms=_LINUX,
    ),
    module=MODULES / "kubernetes",
    linker_flags=(
        f"-s -w -X {_STAMP}.gitVersion=v{_KUBERNETES_VERSION} -X {_STAMP}.gitMajor={_KUBERNETES_VERSION.major}"
        f" -X {_STAMP}.gitMinor={_KUBERNETES_VERSION.minor}"
        f" -X {_STAMP}.gitTreeState=clean -X {_STAMP}.gitCommit=unknown -X {_STAMP}.buildDate=2026-01-01T00:00:00Z"
    ),
)

_KWOK = Tool(
    name="kwok",
    version=Version(0, 7, 0),
    minimum=Version(0, 7, 0),
    below=Version(0, 8, 0),
    programs=(Program(name="kwok", package="sigs.k8s.io/kwok/cmd/kwok"),),
    release=Release(
        file="https://github.com/kubernetes-sigs/kwok/releases/download/v{version}/kwok-{os}-{arch}",
        # The project publishes no checksum file.
        checksums="https://api.github.com/repos/kubernetes-sigs/kwok/releases/tags/v{version}",
        platforms=_LINUX_AND_MACOS,
    ),
    module=MODULES / "kwok",
)

_ETCD = Tool(
    name="etcd",
    version=Version(3, 6, 5),
    # With 3.4 kwok panics as soon as a node is deleted.
    minimum=Version(3, 5, 0),
    below=Version(3, 7, 0),
    programs=(Program(name="etcd", package="go.etcd.io/etcd/server/v3"),),
    release=Release(
        file="https://github.com/etcd-io/etcd/releases/download/v{version}/etcd-v{version}-{os}-{arch}.{archive}",
        member="etcd-v{version}-{os}-{arch}/etcd",
        checksums="https://github.com/etcd-io/etcd/releases/download/v{version}/SHA256SUMS",
        platforms=_LINUX_AND_MACOS,
        pins={
            "linux-amd64": "66bad39ed920f6fc15fd74adcb8bfd38ba9a6412f8c7852d09eb11670e88cac3",
            "linux-arm64": "7010161787077b07de29b15b76825ceacbbcedcb77fe2e6832f509be102cab6b",
            "darwin-amd64": "ab1286184ea8f27a921730d494b7dea4f9a0d3b176e70ab48fcdf77448e1ac57",
            "darwin-arm64": "14d7743f9ed07950a8e85491646e067e394a09e049e42083e2f6473fefa717a8",
        },
    ),
    module=MODULES / "etcd",
)

#: What an official release names its own version with, and a build of the module does not.
_PROMETHEUS_STAMP = "github.com/prometheus/common/version.Version"

# The module's v0.314.0 is the release 3.14.0.
_PROMETHEUS_VERSION = Version(3, 14, 0)

_PROMETHEUS = Tool(
    name="prometheus",
    version=_PROMETHEUS_VERSION,
    minimum=_PROMETHEUS_VERSION,
    below=Version(3, 15, 0),
    programs=(
        Program(name="prometheus", package="github.com/prometheus/prometheus/cmd/prometheus"),
        Program(name="promtool", package="github.com/prometheus/prometheus/cmd/promtool"),
    ),
    release=Release(
        file="https://github.com/prometheus/prometheus/releases/download/v{version}/prometheus-{version}.{os}-{arch}.tar.gz",
        member="prometheus-{version}.{os}-{arch}/{program}",
        checksums="https://github.com/prometheus/prometheus/releases/download/v{version}/sha256sums.txt",
        platforms=_LINUX_AND_MACOS,
    ),
    module=MODULES / "prometheus",
    linker_flags=f"-s -w -X {_PROMETHEUS_STAMP}={_PROMETHEUS_VERSION}",
)

_ALERTMANAGER_VERSION = Version(0, 28, 1)

_ALERTMANAGER = Tool(
    name="alertmanager",
    version=_ALERTMANAGER_VERSION,
    minimum=Version(0, 28, 0),
    below=Version(0, 29, 0),
    programs=(
        Program(name="alertmanager", package="github.com/prometheus/alertmanager/cmd/alertmanager"),
        Program(name="amtool", package="github.com/prometheus/alertmanager/cmd/amtool"),
    ),
    release=Release(
        file="https://github.com/prometheus/alertmanager/releases/download/v{version}/alertmanager-{version}.{os}-{arch}.tar.gz",
        member="alertmanager-{version}.{os}-{arch}/{program}",
        checksums="https://github.com/prometheus/alertmanager/releases/download/v{version}/sha256sums.txt",
        platforms=_LINUX_AND_MACOS,
    ),
    module=MODULES / "alertmanager",
    linker_flags=f"-s -w -X {_PROMETHEUS_STAMP}={_ALERTMANAGER_VERSION}",
)

_ACTIONLINT_VERSION = Version(1, 7, 12)

_ACTIONLINT = Tool(
    name="actionlint",
    version=_ACTIONLINT_VERSION,
    minimum=_ACTIONLINT_VERSION,
    below=Version(1, 8, 0),
    programs=(Program(name="actionlint", package="github.com/rhysd/actionlint/cmd/actionlint"),),
    release=Release(
        file="https://github.com/rhysd/actionlint/releases/download/v{version}/actionlint_{version}_{os}_{arch}.tar.gz",
        member="actionlint",
        checksums="https://github.com/rhysd/actionlint/releases/download/v{version}/actionlint_{version}_checksums.txt",
        platforms=_LINUX_AND_MACOS,
    ),
    module=MODULES / "actionlint",
    linker_flags=f"-s -w -X github.com/rhysd/actionlint.version=v{_ACTIONLINT_VERSION}",
)

TOOLS: tuple[Tool, ...] = (_PULUMI, _KUBERNETES, _KWOK, _ETCD)

#: What `make up` does without: the programs that rendered texts and pipelines are tried in.
CHECKERS: tuple[Tool, ...] = (_PROMETHEUS, _ALERTMANAGER, _ACTIONLINT)

EVERY_TOOL = (*TOOLS, *CHECKERS)
