"""A real Prometheus that holds the story: backfilled by promtool, with the rendered rules evaluated over all of it."""

import re
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import yaml

from rendering.prometheus.rules import groups
from systems.model import System
from tests.live.dashboards.samples import Series, everything
from tests.live.dashboards.story import BEFORE, BEGIN, MINUTES, counted, minutes
from tests.live.monitoring.watched import running

_RECORDED = re.compile(r"lifeline:[a-z0-9_:]+")
_RECORDED_EVERY = "30s"
_SECONDS = 300


@contextmanager
def remembering(system: System, tools: dict[str, Path], directory: Path) -> Iterator[str]:
    """The address of a Prometheus that has watched this platform for the whole of the story."""
    data = directory / "data"
    backfill = [str(tools["promtool"]), "tsdb", "create-blocks-from"]
    samples = directory / "samples.om"
    write(everything(system), samples)
    _run([*backfill, "openmetrics", "--quiet", str(samples), str(data)])
    samples.unlink()
    for rules in recordings(system):
        # Recordings read earlier ones, and blocks are looked for when Prometheus starts.
        file = directory / "recordings.yaml"
        file.write_text(yaml.safe_dump({"groups": [{"name": "story", "rules": rules}]}))
        with _serving(tools, data, directory) as address:
            span = [f"--start={BEGIN - BEFORE * 60}", f"--end={BEGIN + MINUTES * 60}"]
            span += [f"--eval-interval={_RECORDED_EVERY}", f"--output-dir={data}", f"--url={address}"]
            _run([*backfill, "rules", *span, str(file)])
    with _serving(tools, data, directory) as address:
        yield address


@contextmanager
def _serving(tools: dict[str, Path], data: Path, directory: Path) -> Iterator[str]:
    """Nothing is scraped, and nothing is too old to be kept."""
    file = directory / "prometheus.yml"
    file.write_text("global: {scrape_interval: 15s}\n")
    command = [str(tools["prometheus"]), f"--config.file={file}", f"--storage.tsdb.path={data}"]
    command += ["--storage.tsdb.retention.time=100y", "--web.listen-address=127.0.0.1:0"]
    with running(command, directory / "prometheus.log") as address:
        _wait_until_ready(f"http://{address}")
        yield f"http://{address}"


def _wait_until_ready(address: str) -> None:
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError), urllib.request.urlopen(f"{address}/-/ready", timeout=30):
            return
        time.sleep(0.1)
    raise AssertionError(f"Prometheus was not ready within {_SECONDS} s")


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(command[:4])} ended with {done.returncode}:\n{done.stdout}{done.stderr}")


def recordings(system: System) -> list[list[dict[str, Any]]]:
    """The rendered recording rules in layers, each of which reads the ones before."""
    every = [each for group in groups(system) for each in group.recordings]
    read = {each.name: set[str]() for each in every}
    for each in every:
        read[each.name] |= set(_RECORDED.findall(each.query))

    def depth(name: str) -> int:
        return 1 + max((depth(earlier) for earlier in read[name]), default=0)

    deepest = max(depth(name) for name in read)
    return [[each.rendered() for each in every if depth(each.name) == layer] for layer in range(1, deepest + 1)]


def write(every: Iterator[Series], file: Path) -> None:
    """As OpenMetrics, each name in one piece."""
    lines: dict[str, list[str]] = {}
    for series in every:
        labels = ",".join(f'{name}="{value}"' for name, value in series.labels.items())
        head = f"{series.name}{{{labels}}}"
        values = counted(series.course) if series.grows else ((minute, series.course(minute)) for minute in minutes())
        told = lines.setdefault(series.name, [])
        told += [f"{head} {value:.10g} {BEGIN + minute * 60:.0f}" for minute, value in values]
    file.write_text("\n".join([*(line for each in lines.values() for line in each), "# EOF"]) + "\n")
