"""Official releases: nothing unchecked is used, nothing waits for ever, what arrived is not fetched twice."""

import json
import time
from pathlib import Path

import pytest
from toolchain_workshop import Memory, ReleaseHost, gadget, says, sha256, tar_of, zip_of

from rehearsal.errors import RehearsalError
from rehearsal.toolchain import ensure
from rehearsal.toolchain.sources import Limits
from rehearsal.toolchain.table import Platform

PROGRAM = says("1.2.3", size=100_000)


@pytest.fixture(autouse=True)
def only_release(monkeypatch: pytest.MonkeyPatch, without_go: Path) -> None:
    monkeypatch.setenv("LIFELINE_TOOLS_FROM", "release")


def install(module: Path, host: ReleaseHost, limits: Limits | None = None, **differences: object) -> Memory:
    memory = Memory()
    found = ensure(memory, tools=[gadget(module, host.url, **differences)], limits=limits)  # type: ignore[arg-type]
    assert found["gadget"].read_bytes() == PROGRAM
    return memory


def refusal(module: Path, host: ReleaseHost, limits: Limits | None = None, **differences: object) -> str:
    with pytest.raises(RehearsalError) as caught:
        install(module, host, limits, **differences)
    [told] = [line for line in caught.value.tried if line.startswith("gadget from official release: ")]
    return told.removeprefix("gadget from official release: ")


def part(store: Path) -> Path:
    return store / "tools" / "gadget" / "downloads" / "gadget"


def test_a_release_with_the_published_checksum_is_installed(module: Path, host: ReleaseHost, store: Path) -> None:
    host.offer("gadget", PROGRAM)
    memory = install(module, host)
    assert memory.said[-1] == "Install gadget 1.2.3 = official release, checksum verified"
    assert "0.1 of 0.1 MB" in memory.text
    assert not part(store).exists()


def test_a_wrong_checksum_is_refused_and_nothing_of_it_stays(module: Path, host: ReleaseHost, store: Path) -> None:
    host.offer("gadget", PROGRAM)
    host.files["gadget"] = PROGRAM.replace(b"exit 0", b"exit 1")
    assert refusal(module, host) == (f"the sha256 of {host.url}/gadget is not the published one, {sha256(PROGRAM)}")
    assert not part(store).exists()
    assert not list(store.glob("tools/gadget/1.2.3*"))


def test_a_pin_is_all_that_counts_and_checksums_are_not_asked_for(module: Path, host: ReleaseHost) -> None:
    host.files["gadget"] = PROGRAM
    install(module, host, pins={str(Platform.here()): sha256(PROGRAM)})
    assert host.requests == ["gadget"]
    host.offer("gadget", PROGRAM + b"#")
    assert "is not the published one" in refusal(module, host, pins={str(Platform.here()): sha256(b"other")})


@pytest.mark.parametrize(
    "published",
    [
        sha256(PROGRAM),
        f"{sha256(b'other')}  gadget-other\n{sha256(PROGRAM)}  gadget\n",
        f"{sha256(b'other')} *other\n{sha256(PROGRAM)} *gadget\n",
        json.dumps(
            {
                "assets": [
                    {"name": "other", "digest": f"sha256:{sha256(b'other')}"},
                    {"name": "gadget", "digest": f"sha256:{sha256(PROGRAM)}"},
                ]
            }
        ),
    ],
    ids=["alone", "list", "list of binaries", "GitHub's description"],
)
def test_checksums_are_read_in_each_form_they_are_published_in(module: Path, host: ReleaseHost, published: str) -> None:
    host.files |= {"gadget": PROGRAM, "gadget.sha256": published.encode()}
    install(module, host)


@pytest.mark.parametrize(
    "published",
    ["", f"{sha256(PROGRAM)}  another-file\n", '{"assets": [{"name": "gadget", "digest": null}]}', "{}", "<html>"],
)
def test_what_cannot_be_checked_is_not_used(module: Path, host: ReleaseHost, published: str) -> None:
    host.files |= {"gadget": PROGRAM, "gadget.sha256": published.encode()}
    assert refusal(module, host) == (
        f"{host.url}/gadget.sha256 has no sha256 of gadget, and what cannot be checked is not used"
    )
    assert host.asked_for("gadget") == 0


def test_a_cut_off_download_is_told_of_and_resumed(module: Path, host: ReleaseHost, store: Path) -> None:
    host.offer("gadget", PROGRAM)
    host.cut_off_after = 30_000
    assert f"{host.url}/gadget ended after 30000 of {len(PROGRAM)} bytes" == refusal(module, host)
    assert part(store).stat().st_size == 30_000
    host.cut_off_after = None
    install(module, host)
    assert host.requests[-1] == "gadget bytes=30000-"


def test_a_host_that_cannot_resume_is_asked_for_all_of_it(module: Path, host: ReleaseHost, store: Path) -> None:
    host.offer("gadget", PROGRAM)
    host.understands_ranges = False
    part(store).parent.mkdir(parents=True)
    part(store).write_bytes(PROGRAM[:30_000])
    install(module, host)
    assert host.asked_for("gadget") == 1


@pytest.mark.parametrize("size", [500, 500_000], ids=["short", "longer than the file"])
def test_a_left_over_of_something_else_is_thrown_away(module: Path, host: ReleaseHost, store: Path, size: int) -> None:
    host.offer("gadget", PROGRAM)
    part(store).parent.mkdir(parents=True)
    part(store).write_bytes(b"x" * size)
    install(module, host)
    assert host.requests[-1] == "gadget"


def test_a_missing_file_is_told_with_its_address(module: Path, host: ReleaseHost) -> None:
    assert refusal(module, host) == f"{host.url}/gadget.sha256 answered 404 Not Found"


def test_no_network_is_found_out_fast(module: Path, host: ReleaseHost) -> None:
    assert refusal(module, ReleaseHost("http://127.0.0.1:9")) == "127.0.0.1 cannot be reached: Connection refused"
    host.silent = True
    took: list[float] = []
    for limit in (0.3, 1.5):
        started = time.monotonic()
        assert f"127.0.0.1 did not answer within {limit:g} s" == refusal(module, host, Limits(answer=limit))
        took.append(time.monotonic() - started)
    # The server would have kept silent for a minute.
    assert 0.3 <= took[0] < took[1] < 30


def test_a_download_that_stalls_is_given_up(module: Path, host: ReleaseHost) -> None:
    host.offer("gadget", PROGRAM)
    host.stall_after = 50_000
    started = time.monotonic()
    assert refusal(module, host, Limits(stall=0.5)) == f"{host.url}/gadget stalled"
    assert time.monotonic() - started < 30


def test_a_download_that_trickles_is_given_up(module: Path, host: ReleaseHost) -> None:
    host.offer("gadget", says("1.2.3", size=5_000_000))
    host.seconds_a_chunk = 0.1
    assert "was not complete after 0.5 s" in refusal(module, host, Limits(download=0.5))


@pytest.mark.parametrize(("file", "pack"), [("gadget.tar.gz", tar_of), ("gadget.zip", zip_of)])
def test_the_program_is_taken_out_of_an_archive(module: Path, host: ReleaseHost, file: str, pack: object) -> None:
    assert callable(pack)
    host.offer(file, pack(gadget__bin__gadget=PROGRAM, gadget__README=b"read me"))
    install(module, host, file=file, checksums=f"{file}.sha256", member="gadget/bin/gadget")


@pytest.mark.parametrize(
    "content", [tar_of(gadget__README=b"read me"), b"no archive", b""], ids=["without it", "no archive", "empty"]
)
def test_an_archive_without_the_program_is_refused(module: Path, host: ReleaseHost, content: bytes) -> None:
    host.offer("gadget.tar.gz", content)
    told = refusal(module, host, file="gadget.tar.gz", checksums="gadget.tar.gz.sha256", member="gadget/bin/gadget")
    assert told.startswith("gadget.tar.gz holds no gadget/bin/gadget")


def test_a_release_of_another_version_is_refused(module: Path, host: ReleaseHost) -> None:
    host.offer("gadget", says("1.2.4"))
    assert refusal(module, host) == "what came says it is gadget 1.2.4, not 1.2.3"


def test_nothing_is_asked_where_there_is_no_release_or_no_network_is_to_be_used(
    module: Path, host: ReleaseHost
) -> None:
    told = refusal(module, host, platforms=frozenset({"plan9-mips"}))
    assert told == f"there is none of gadget for {Platform.here()}"
    with pytest.raises(RehearsalError) as caught:
        ensure(Memory(), tools=[gadget(module, host.url)], offline=True)
    assert "because the network is not to be used" in str(caught.value)
    assert host.requests == []
