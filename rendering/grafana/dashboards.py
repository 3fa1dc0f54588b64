"""All dashboards of a platform: file name -> JSON, as Grafana provisions it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import DashboardCursorSync

from rendering.grafana import people, promises, resources, told, visitors
from rendering.grafana.panels import Panel, Row, Words, built
from systems.model import System

#: A screen on the wall, and a person who has just been called: both want the last hours, kept fresh.
_FROM, _REFRESH = "now-6h", "30s"


@dataclass(frozen=True)
class Dashboard:
    """One page."""

    key: str
    title: str
    rows: tuple[Row, ...]

    @property
    def panels(self) -> Iterator[Panel]:
        return (panel for row in self.rows for panel in row.panels)


def pages(system: System) -> tuple[Dashboard, ...]:
    """The platform itself first; a crisis page only where somebody can be in a crisis."""
    others = _beside_the_platform(system)
    own = (*visitors.overview(system), *resources.machines(system))
    drawn = [panel for rows in (own, *(page.rows for page in others)) for row in rows for panel in row.panels]
    platform = Dashboard("platform", "Platform", (*own, *told.rest(system, drawn), _logs()))
    return (platform, *others)


def _beside_the_platform(system: System) -> tuple[Dashboard, ...]:
    every = (
        Dashboard("crisis", "Crisis", people.crisis(system)),
        Dashboard("database", "Database", resources.database(system)),
        Dashboard("cache", "Cache", resources.cache(system)),
        Dashboard("edge", "Edge", visitors.edge(system)),
        Dashboard("objectives", "Objectives", promises.objectives(system)),
        Dashboard("backups", "Backups and recovery", promises.backups(system)),
        Dashboard("monitoring", "Monitoring itself", resources.watchers(system)),
    )
    return tuple(each for each in every if each.rows)


def dashboards(system: System) -> Mapping[str, str]:
    """Files for Grafana's dashboards directory."""
    return {f"{page.key}.json": _json(system, page) for page in pages(system)}


def _logs() -> Row:
    return Row(title="Logs", panels=(Words(title="Errors of the platform", selector=ERRORS),))


#: Applications log JSON lines with a level (docs/application-contract.md).
ERRORS = '{k8s_namespace_name="platform"} |~ "(?i)(error|critical|fatal)"'


def _json(system: System, page: Dashboard) -> str:
    drawn = (
        builders.Dashboard(f"{system.full_name}: {page.title}")
        .uid(f"{system.name}-{page.key}"[:40])
        .description(f"{system.name}, {system.environment}. Lines are those of the platform's document.")
        .tags([system.name, str(system.environment), page.key])
        .timezone("utc")
        .time(_FROM, "now")
        .refresh(_REFRESH)
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .readonly()
        .link(_others(system))
    )
    for row in page.rows:
        drawn = drawn.with_row(builders.Row(row.title))
        for panel in row.panels:
            drawn = drawn.with_panel(built(panel))
    made = json.loads(JSONEncoder(sort_keys=True).encode(drawn.build()))
    for number, panel in enumerate(made["panels"], start=1):
        panel["id"] = number
    return json.dumps(made, indent=1, sort_keys=True) + "\n"


def _others(system: System) -> builders.DashboardLink:
    """The other pages of this platform, as a menu."""
    return builders.DashboardLink(system.full_name).tags([system.name]).as_dropdown(True).keep_time(True)
