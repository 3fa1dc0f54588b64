from collections.abc import Iterator
from pathlib import Path

import pytest
from toolchain_workshop import ReleaseHost, go_module, release_host

#: Where a shell script finds its `sleep`; the tools of this machine are elsewhere.
SYSTEM_PATH = "/usr/bin:/bin"


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty store of tools; no source forbidden, none of the user's settings in the way."""
    monkeypatch.setenv("LIFELINE_CACHE", str(tmp_path / "store"))
    monkeypatch.setenv("LIFELINE_REHEARSAL", str(tmp_path / "rehearsal"))
    monkeypatch.delenv("LIFELINE_TOOLS_FROM", raising=False)
    return tmp_path / "store"


@pytest.fixture
def module(tmp_path: Path) -> Path:
    return go_module(tmp_path / "module")


@pytest.fixture
def host() -> Iterator[ReleaseHost]:
    with release_host() as running:
        yield running


@pytest.fixture
def without_go(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """PATH holds one directory of ours and the system's; answers ours."""
    ours = tmp_path / "bin"
    ours.mkdir()
    monkeypatch.setenv("PATH", f"{ours}:{SYSTEM_PATH}")
    return ours
