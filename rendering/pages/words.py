"""What the pages say, in every language they are asked for."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Words:
    """One language. `call` and `text` say what to do with the number below them."""

    language: str
    title: str
    heading: str
    opening: str
    danger: str
    call: str
    text: str
    chat: str
    lines: str
    independent: str
    countries: dict[str, str]
    maintenance_title: str
    maintenance_heading: str
    maintenance: str
    """`{minutes}` is how long it is expected to take."""
    again: str
    meanwhile: str


_ENGLISH = Words(
    language="English",
    title="Help now: call 988",
    heading="You are not alone. Talk to someone now.",
    opening="If you are thinking about suicide, or you are worried about someone, these people listen day and night.",
    danger="In immediate danger, call the emergency number where you are (911, 112 or 999).",
    call="Call",
    text="Text",
    chat="Chat",
    lines="Lines that answer",
    independent="These lines do not depend on this website. You can save this page and read it without a connection.",
    countries={"US": "United States", "GB": "United Kingdom and Ireland", "*": "Most countries"},
    maintenance_title="Back soon",
    maintenance_heading="We are working on the site and will be back soon.",
    maintenance="This should take no more than {minutes} minutes.",
    again="Try again",
    meanwhile="If you need somebody now, do not wait for us:",
)
_SPANISH = Words(
    language="Español",
    title="Ayuda ahora: llame al 988",
    heading="No está solo. Hable con alguien ahora.",
    opening="Si piensa en el suicidio, o le preocupa alguien, estas personas escuchan de día y de noche. "
    "En el 988, oprima 2 para español.",
    danger="Si hay peligro inmediato, llame al número de emergencias de donde esté (911, 112 o 999).",
    call="Llamar",
    text="Enviar mensaje",
    chat="Chatear",
    lines="Líneas que responden",
    independent="Estas líneas no dependen de este sitio. Puede guardar esta página y leerla sin conexión.",
    countries={"US": "Estados Unidos", "GB": "Reino Unido e Irlanda", "*": "La mayoría de los países"},
    maintenance_title="Volvemos pronto",
    maintenance_heading="Estamos trabajando en el sitio y volvemos pronto.",
    maintenance="No debería tardar más de {minutes} minutos.",
    again="Intentar de nuevo",
    meanwhile="Si necesita hablar con alguien ahora, no nos espere:",
)
_KNOWN = {"en": _ENGLISH, "es": _SPANISH}


def words(language: str) -> Words:
    """A page that greets somebody in crisis is not translated by a machine: a new language is written here first."""
    if language not in _KNOWN:
        raise ValueError(f"the pages do not speak {language!r}; they speak {', '.join(_KNOWN)}: add it to {__name__}")
    return _KNOWN[language]
