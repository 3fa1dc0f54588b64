"""Hotlines as links that a telephone follows, in the order of the spec: the first is the largest thing on the page."""

import re
from html import escape

from rendering.pages.words import Words
from systems.model import Contact, Hotline

_SCHEMES = {Contact.VOICE: "tel", Contact.TEXT: "sms"}


def hotline_list(hotlines: tuple[Hotline, ...], words: Words) -> str:
    items = "\n".join(_item(line, words, first=index == 0) for index, line in enumerate(hotlines))
    return f'<ul aria-label="{escape(words.lines)}">\n{items}\n</ul>'


def _item(line: Hotline, words: Words, *, first: bool) -> str:
    how = {Contact.VOICE: words.call, Contact.TEXT: words.text, Contact.CHAT: words.chat}[line.contact]
    where = words.countries.get(line.country, line.country)
    # Lines keep their own names, which a screen reader must not read out as Spanish.
    name = f'<bdi lang="en">{escape(line.name)}</bdi>'
    told = f"<b>{escape(line.number)}</b> {name} <span>{escape(how)} · {escape(where)}</span>"
    return f'<li{" class=first" if first else ""}><a class="line" href="{_address(line)}">{told}</a></li>'


def _address(line: Hotline) -> str:
    scheme = _SCHEMES.get(line.contact)
    return escape(f"{scheme}:{re.sub(r'[^0-9+]', '', line.number)}" if scheme else line.number)
