"""The schema cache: fast when there, rebuilt when damaged, done without when it cannot be written."""

import subprocess
import sys
from pathlib import Path

import pytest

from rehearsal.paths import PROJECT
from rehearsal.providers import schema

PET = "random:index/randomPet:RandomPet"
UUID = "random:index/randomUuid:RandomUuid"


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LIFELINE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def modules_imported_by_a_load() -> set[str]:
    program = (
        "import sys; from rehearsal.providers import schema;"
        f"assert schema.load('random', [{PET!r}]).resource({PET!r}) is not None;"
        "print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_only_the_first_load_imports_the_sdk() -> None:
    assert "pulumi_random" in modules_imported_by_a_load()
    assert not {name for name in modules_imported_by_a_load() if name.split(".")[0] in ("pulumi", "pulumi_random")}


def cache_file(directory: Path) -> Path:
    [file] = (directory / "schemas").iterdir()
    return file


def test_what_is_asked_for_later_is_added(own_cache: Path) -> None:
    schema.load("random", [PET])
    first = cache_file(own_cache).stat().st_size
    assert schema.load("random", [UUID]).resource(UUID) is not None
    assert cache_file(own_cache).stat().st_size > first
    assert schema.load("random", [PET]).tokens() == [PET]


@pytest.mark.parametrize("damage", [b"", b"{}", b"\x00\xff" * 100, None])
def test_a_damaged_cache_is_built_again(own_cache: Path, damage: bytes | None) -> None:
    good = schema.load("random", [PET]).resource(PET)
    file = cache_file(own_cache)
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2] if damage is None else damage)
    assert schema.load("random", [PET]).resource(PET) == good
    assert file.read_bytes() == whole


def test_a_cache_that_cannot_be_written_costs_time_only(own_cache: Path) -> None:
    own_cache.mkdir()
    (own_cache / "schemas").write_text("a file where the directory should be")
    assert schema.load("random", [PET]).resource(PET) is not None


def test_nothing_half_written_is_left_behind(own_cache: Path) -> None:
    schema.load("random", [PET])
    assert {file.suffix for file in (own_cache / "schemas").iterdir()} == {".json"}


def test_an_sdk_that_is_not_installed_is_said_so() -> None:
    with pytest.raises(LookupError, match="pulumi_nonsense is not installed"):
        schema.load("nonsense")
