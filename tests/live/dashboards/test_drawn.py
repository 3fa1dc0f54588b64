"""Every dashboard, drawn by Grafana's own components on figures of a real Prometheus, and looked at."""

import json
from functools import cache
from pathlib import Path

import pytest

from components import third_party_images
from rehearsal import paths, toolchain
from rehearsal.console import Silent
from rehearsal.toolchain.table import CHECKERS
from rendering.grafana.dashboards import dashboards
from rendering.metrics_catalogue import series
from systems import registry
from systems.model import Environment, System
from tests.browser import Browser
from tests.campaigns import figures as measured
from tests.live.dashboards import drawing
from tests.live.dashboards.drawing import Drawn
from tests.live.dashboards.figures import remembering
from tests.live.dashboards.samples import everything

SYSTEMS = sorted(registry.names())
PICTURES = paths.PROJECT / "docs" / "images" / "dashboards"
#: Committed: all pages of the flagship, and the crisis page of the other platform that has one.
SHOWN = {("astral-core-v2", None), ("being", "crisis.json")}
LARGEST_PICTURE = 300_000


@cache
def load(name: str) -> System:
    return registry.load(name, Environment.PRODUCTION)


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_panel_has_a_component_that_can_draw_it(name: str) -> None:
    for file, text in dashboards(load(name)).items():
        kinds = {panel["type"] for panel in json.loads(text)["panels"]}
        assert kinds <= drawing.kinds().keys(), file


@pytest.mark.parametrize("name", SYSTEMS)
def test_the_story_has_every_metric_of_the_catalogue_and_no_other(name: str) -> None:
    told = [(each.name, tuple(sorted(each.labels.items()))) for each in everything(load(name))]
    assert {metric for metric, _ in told} == series(load(name)).keys()
    assert len(set(told)) == len(told)


def test_components_are_those_of_the_grafana_that_runs() -> None:
    """Of one release, and each package by its content."""
    locked = json.loads((drawing.PAGE / "package-lock.json").read_text())["packages"]
    image = third_party_images.IMAGES["grafana"].tag
    for package in ("ui", "data", "schema"):
        assert locked[f"node_modules/@grafana/{package}"]["version"] == image
    assert [name for name, each in locked.items() if name and not each.get("integrity", "").startswith("sha512-")] == []


@pytest.mark.campaign
@pytest.mark.timeout(1_500)
@pytest.mark.parametrize("name", SYSTEMS)
def test_every_panel_of_all_dashboards_shows_its_figures(name: str, tmp_path: Path) -> None:
    tools = toolchain.ensure(Silent(), ["prometheus", "promtool"], tools=CHECKERS)
    rendered = dashboards(load(name))
    rows: list[str] = []
    with (
        remembering(load(name), tools, tmp_path) as prometheus,
        drawing.serving(drawing.bundle(), rendered) as served,
        Browser.start(tmp_path / "browser") as browser,
    ):
        for file in rendered:
            drawn = drawing.draw(browser, served, file, prometheus)
            check(f"{name}: {file}", drawn)
            rows.append(row(name, file, drawn))
            if {(name, None), (name, file)} & SHOWN:
                show(f"{name}-{Path(file).stem}", drawn.picture)
    measured.write("dashboards", "Dashboards as drawn", "\n".join([*HEADING, *sorted([*rows_of_others(name), *rows])]))


HEADING = (
    "Grafana's own components, in Chromium, over six hours told to Prometheus ([how](../dashboards.md)).",
    "",
    "| platform | page | panels | series | points | picture, kB |",
    "|---|---|---|---|---|---|",
)


def rows_of_others(name: str) -> list[str]:
    """Each platform is drawn by itself; what the others showed stays."""
    file = measured.MEASURED / "dashboards.md"
    told = file.read_text().splitlines() if file.exists() else []
    return [each for each in told if each.startswith(tuple(f"| {other} |" for other in SYSTEMS if other != name))]


def check(where: str, drawn: Drawn) -> None:
    assert drawn.complaints == [], where
    asked = [panel for panel in drawn.panels if drawing.kinds()[panel["type"]] != "PanelChrome"]
    assert [panel for panel in drawn.panels if panel["error"]] == [], where
    assert [panel for panel in asked if not panel["points"]] == [], where
    twice = [panel["title"] for panel in asked if len(set(panel["names"])) < len(panel["names"])]
    assert twice == [], f"{where}: series of one panel share a name"
    assert [panel["title"] for panel in asked if not all(panel["names"])] == [], f"{where}: series without a name"


def row(name: str, file: str, drawn: Drawn) -> str:
    shown = sum(panel["drawn"] for panel in drawn.panels)
    points = sum(panel["points"] for panel in drawn.panels)
    size = len(drawn.picture) / 1000
    return f"| {name} | {Path(file).stem} | {len(drawn.panels)} | {shown} | {points:,} | {size:.0f} |"


def show(name: str, picture: bytes) -> None:
    assert len(picture) < LARGEST_PICTURE, name
    PICTURES.mkdir(parents=True, exist_ok=True)
    (PICTURES / f"{name}.png").write_bytes(picture)
