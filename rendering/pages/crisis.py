"""The crisis page: whom to call, first of all. It needs no server, no script and, once seen, no connection."""

from html import escape

from rendering.pages.hotlines import hotline_list
from rendering.pages.layout import document
from rendering.pages.words import words
from systems.model import Crisis, System


def crisis(system: System) -> str:
    """All languages on one page, English first: a link to another page would be one more thing that can fail."""
    spec = _spec(system)
    page = document(
        words("en").title,
        "en",
        "\n".join([_links_to_languages(spec), *(_section(spec, language) for language in _languages(spec))]),
        f'<script src="{offline_script_path(system)}" defer></script>\n',
    )
    size = len(page.encode())
    if size >= spec.page_maximum_bytes:
        raise ValueError(f"crisis page of {system.name}: {size} bytes, allowed below {spec.page_maximum_bytes}")
    return page


def crisis_path(system: System) -> str:
    """Where the page always is, whatever else has failed."""
    return _spec(system).page_path


def offline_script_path(system: System) -> str:
    """Beside the page, since a worker may only answer for paths below its own directory."""
    return f"{crisis_path(system)}-offline.js"


def offline_script(system: System) -> str:
    """In the page it installs itself as worker; as worker it keeps the page and shows it when there is no network."""
    page = crisis_path(system)
    return f"""// Keeps the crisis page for times without a connection. The page needs no script to be read.
if (typeof document !== "undefined") {{
  navigator.serviceWorker?.register("{offline_script_path(system)}", {{scope: "{page}"}});
}} else {{
  const page = "{page}";
  addEventListener("install", event => {{
    skipWaiting();
    event.waitUntil(caches.open("crisis").then(kept => kept.add(new Request(page, {{cache: "reload"}}))));
  }});
  addEventListener("activate", event => event.waitUntil(clients.claim()));
  addEventListener("fetch", event => {{
    if (event.request.method !== "GET" || new URL(event.request.url).pathname !== page) return;
    event.respondWith(fetch(event.request).then(answer => {{
      if (!answer.ok) return caches.match(page).then(kept => kept || answer);
      const copy = answer.clone();
      event.waitUntil(caches.open("crisis").then(kept => kept.put(page, copy)));
      return answer;
    }}).catch(() => caches.match(page)));
  }});
}}
"""


def _spec(system: System) -> Crisis:
    if system.crisis is None:
        raise ValueError(f"{system.name} has no crisis section: it has no crisis page")
    return system.crisis


def _languages(spec: Crisis) -> list[str]:
    return sorted(spec.languages, key=lambda language: language != "en")


def _links_to_languages(spec: Crisis) -> str:
    links = [f'<a href="#{each}" lang="{each}">{escape(words(each).language)}</a>' for each in _languages(spec)[1:]]
    return f"<p>{' · '.join(links)}</p>" if links else ""


def _section(spec: Crisis, language: str) -> str:
    said = words(language)
    heading = "h1" if language == "en" else "h2"
    return (
        f'<section id="{language}" lang="{language}">\n<{heading}>{escape(said.heading)}</{heading}>\n'
        f"{hotline_list(spec.hotlines, said)}\n<p>{escape(said.opening)}</p>\n"
        f"<p><strong>{escape(said.danger)}</strong></p>\n"
        f'<p class="quiet">{escape(said.independent)}</p>\n</section>'
    )
