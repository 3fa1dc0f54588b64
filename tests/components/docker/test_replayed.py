"""No Docker here: each Dockerfile's steps are done in a directory instead, and what is copied must run by itself.

An interpreter that sees that directory and nothing else of this checkout imports every module and starts the command.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from components.kubernetes import cache_rotation, database_roles, pooler_pods
from rehearsal.paths import PROJECT

DOCKERFILES = sorted(PROJECT.glob("images/*/Dockerfile"))
_LIMIT_SECONDS = 300
#: What Debian's packages bring; the base image has the rest.
_KNOWN_PACKAGES = {"python3", "python3-pip", "ca-certificates"}
_SITE = "usr/local/lib/python"


@dataclass
class Built:
    """The image as a directory, and what a container would be started with."""

    root: Path
    environment: dict[str, str] = field(default_factory=dict[str, str])
    workdir: str = "/"
    user: str = "root"
    entrypoint: list[str] = field(default_factory=list[str])
    command: list[str] = field(default_factory=list[str])
    packages: list[Path] = field(default_factory=list[Path])

    def place(self, path: str) -> Path:
        return self.root / path.lstrip("/")

    def run(self, words: list[str]) -> "subprocess.CompletedProcess[str]":
        """Without site-packages of the tests' own interpreter; `-S` leaves the standard library."""
        assert re.fullmatch(r"python3?", words[0]), words
        told = {**self.environment, "PATH": os.environ["PATH"], "PYTHONPATH": str(self.root / _SITE)}
        command = [sys.executable, "-S", *words[1:]]
        return subprocess.run(
            command, cwd=self.place(self.workdir), env=told, capture_output=True, text=True, timeout=_LIMIT_SECONDS
        )


@pytest.fixture(scope="module", params=DOCKERFILES, ids=lambda each: each.parent.name)
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Built:
    image = Built(tmp_path_factory.mktemp(request.param.parent.name))
    for word, rest in _instructions(request.param):
        _do(image, request.param.parent, word, rest)
    return image


def _instructions(file: Path) -> Iterator[tuple[str, str]]:
    text = re.sub(r"\\\n\s*", " ", file.read_text())
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            word, _, rest = line.partition(" ")
            yield word, rest.strip()


def _do(image: Built, context: Path, word: str, rest: str) -> None:
    match word:
        case "FROM" | "EXPOSE":
            assert rest
        case "COPY":
            source, target = rest.split()
            _copy(context / source, image.place(target))
            if (context / source).is_dir():
                image.packages.append(image.place(target))
        case "RUN":
            for each in rest.split("&&"):
                _run(image, each.split())
        case "ENV":
            image.environment |= dict(each.split("=", 1) for each in rest.split())
        case "WORKDIR":
            image.workdir = rest
            image.place(rest).mkdir(parents=True, exist_ok=True)
        case "USER":
            image.user = rest
        case "ENTRYPOINT":
            image.entrypoint, image.command = json.loads(rest), []
        case "CMD":
            image.command = json.loads(rest)
        case _:
            raise AssertionError(f"{context.name}: nobody has said how {word} is replayed")


def _copy(source: Path, target: Path) -> None:
    assert source.exists(), f"COPY of {source.name}, which is not there"
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)


def _run(image: Built, words: list[str]) -> None:
    """pip's step is really done, under its hashes; the others are of kinds known to need nothing of ours."""
    match words:
        case ["pip", "install", *options]:
            requirements = image.place(options[options.index("-r") + 1])
            assert {"--require-hashes", "--only-binary", "--no-cache-dir"} <= set(options)
            target = ["--target", str(image.root / _SITE), "--require-hashes", "--only-binary", ":all:"]
            uv = shutil.which("uv", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
            assert uv
            command = [uv, "pip", "install", "--quiet", "--python", sys.executable, *target, "-r", str(requirements)]
            done = subprocess.run(command, capture_output=True, text=True, timeout=_LIMIT_SECONDS)
            assert done.returncode == 0, done.stderr
        case ["apt-get", "install", *packages]:
            assert {each for each in packages if not each.startswith("-")} <= _KNOWN_PACKAGES
        case ["apt-get", "update"] | ["rm", "-rf", "/var/lib/apt/lists/*"]:
            pass
        case ["useradd", *options]:
            assert options[options.index("--uid") + 1] == "1000"
        case _:
            raise AssertionError(f"nobody has said how {' '.join(words)!r} is replayed")


def test_it_holds_everything_that_its_modules_import(built: Built) -> None:
    for package in built.packages:
        modules = [file.relative_to(package.parent).with_suffix("") for file in sorted(package.rglob("*.py"))]
        names = [".".join(each.parts) for each in modules if each.name != "__main__"]
        assert names
        done = built.run(["python3", "-c", f"import importlib\nfor each in {names}: importlib.import_module(each)"])
        assert done.returncode == 0, done.stderr


def test_its_command_starts_and_says_what_it_lacks(built: Built) -> None:
    """There is no cluster around it: it must get as far as its own first words."""
    done = built.run([*built.entrypoint, *built.command])
    said = done.stdout + done.stderr
    assert "ModuleNotFoundError" not in said
    assert "ImportError" not in said
    assert "--help" not in built.command or (done.returncode == 0 and "usage" in said)
    assert "--help" in built.command or done.returncode != 0


def test_nobody_is_root_in_it(built: Built) -> None:
    assert built.user == "1000:1000"


def test_every_image_of_ours_is_replayed() -> None:
    assert {each.parent.name for each in DOCKERFILES} >= {"backup", "reference", "traffic"}


def _shipped() -> dict[str, dict[str, Mapping[str, str]]]:
    """Programs without an image of their own: packages that pods get as ConfigMaps, into any image with Python."""
    return {
        "pooler": {"pooler_follower": pooler_pods.follower_program()},
        "cache-rotation": {"lifeline_rotation": cache_rotation.program()},
        "database-roles": {each: database_roles.package(each) for each in database_roles.PACKAGES},
    }


@pytest.mark.parametrize("name", ["pooler", "cache-rotation", "database-roles"])
def test_what_pods_get_as_files_needs_nothing_else(name: str, tmp_path: Path) -> None:
    modules: list[str] = []
    for package, files in _shipped()[name].items():
        (tmp_path / package).mkdir()
        for file, text in files.items():
            (tmp_path / package / file).write_text(text)
            modules.append(f"{package}.{file.removesuffix('.py')}")
    shipped = Built(tmp_path, {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"})
    done = shipped.run(["python", "-c", f"import importlib\nfor each in {modules}: importlib.import_module(each)"])
    assert done.returncode == 0, done.stderr
