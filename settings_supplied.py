"""What only others can supply: values of secrets, and the addresses at which people are told."""

from collections.abc import Mapping

from rendering.channels import FORMS, wrong
from settings_reading import Reader
from systems.model import SecretClass, System


def secrets(read: Reader, system: System | None) -> Mapping[str, str]:
    """Values that only their providers can make; never invented here, never printed."""
    given = read.mapping("suppliedSecrets", "LL-CFG-021")
    known = _supplied(system) if system else set(given)
    for name, value in given.items():
        if name not in known:
            read.refuse("LL-CFG-022", f"suppliedSecrets.{name}", None, _among(known), said="no supplied secret")
        elif not value.strip():
            allowed = "the value its provider gave, or no entry"
            read.refuse("LL-CFG-023", f"suppliedSecrets.{name}", None, allowed, said="empty")
    _complete(read, system, given)
    return given


def _complete(read: Reader, system: System | None, given: Mapping[str, str]) -> None:
    """Production says of every one whether it is there or comes later; silence is how a placeholder survives."""
    later = read.listed("suppliedLater", "LL-CFG-070")
    known = _supplied(system) if system else set(later)
    for name in later:
        if name not in known:
            read.refuse("LL-CFG-071", "suppliedLater", name, _among(known))
    if system and system.production:
        for name in sorted(known - given.keys() - set(later)):
            allowed = (
                "its value (pulumi config set --secret --path lifeline:suppliedSecrets."
                f"{name}), or its name in suppliedLater while its slot stays empty"
            )
            read.refuse("LL-CFG-072", f"suppliedSecrets.{name}", None, allowed)


def channels(read: Reader, system: System | None) -> Mapping[str, str]:
    """Addresses by the document's channels; several of one channel are separated by commas. People's: never printed."""
    given = read.mapping("channels", "LL-CFG-067")
    if system is None:
        return given
    kinds = {each.name: each.kind for each in system.monitoring.channels if each.kind in FORMS}
    for name, text in given.items():
        if name not in kinds:
            read.refuse("LL-CFG-068", f"channels.{name}", None, _among(set(kinds)), said="no channel of this platform")
        elif explained := wrong(kinds[name], text):
            read.refuse("LL-CFG-069", f"channels.{name}", None, explained, said="no such address")
    return given


def _supplied(system: System) -> set[str]:
    return {each.name for each in system.secrets.secrets if each.secret_class is SecretClass.SUPPLIED}


def _among(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "none"
