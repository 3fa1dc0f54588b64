"""The maintenance page, served by the balancer: when we are back and, where lives depend on us, whom to call now."""

from html import escape

from rendering.pages.hotlines import hotline_list
from rendering.pages.layout import document
from rendering.pages.words import words
from systems.model import System


def maintenance(system: System) -> str:
    """It does not reload itself: that would throw a reader back to the top. Trying again is a link."""
    languages = sorted(system.crisis.languages, key=lambda each: each != "en") if system.crisis else ["en"]
    return document(
        f"{words('en').maintenance_title}: {system.full_name}",
        "en",
        "\n".join(_section(system, language) for language in languages),
        '<meta name="robots" content="noindex">\n',
    )


def _section(system: System, language: str) -> str:
    said = words(language)
    heading = "h1" if language == "en" else "h2"
    minutes = -(-system.maintenance.retry_after_seconds // 60)
    parts = [
        f"<{heading}>{escape(said.maintenance_heading)}</{heading}>",
        f'<p>{escape(said.maintenance.format(minutes=minutes))} <a href="">{escape(said.again)}</a></p>',
    ]
    if system.maintenance.shows_hotlines and system.crisis:
        parts += [f"<p><strong>{escape(said.meanwhile)}</strong></p>", hotline_list(system.crisis.hotlines, said)]
    inside = "\n".join(parts)
    return f'<section lang="{language}">\n{inside}\n</section>'
