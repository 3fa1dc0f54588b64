"""What monitoring needs of a stack: images nobody else could name, who signs people in, where its runbooks lie."""

import re
from collections.abc import Mapping

from components import third_party_images
from rendering.grafana.settings import SignOn
from settings_reading import Reader
from systems.model import Environment

_ADDRESS = re.compile(r"https://[a-z0-9.-]+(:\d+)?(/[^\s?#]*)?")
#: A name or a token in it would be sent to everybody who is called.
_RUNBOOKS = re.compile(r"https://[a-z0-9.-]+(:\d+)?(/[\w.~%+-]+)*")
_CLAIM = re.compile(r"[\w .:@/-]{1,128}")
#: Members of `singleSignOn`, all of them wanted.
_SIGN_ON = ("clientId", "authorizeUrl", "tokenUrl", "userinfoUrl", "administrators")


def image_digests(read: Reader, environment: Environment) -> Mapping[str, str]:
    """In place of the table's, or where it has none: production runs nothing that a moved tag could change."""
    given = read.mapping("imageDigests", "LL-CFG-060")
    known = third_party_images.IMAGES.keys()
    for name, digest in given.items():
        if name not in known:
            allowed = f"third-party images: {', '.join(sorted(known))}"
            read.refuse("LL-CFG-061", f"imageDigests.{name}", digest, allowed)
        elif not third_party_images.is_digest(digest):
            read.refuse("LL-CFG-062", f"imageDigests.{name}", digest, "sha256:<64 hex digits>")
    if environment is Environment.PRODUCTION:
        for name in third_party_images.undetermined():
            if name not in given:
                wanted = f"in production the digest of {third_party_images.IMAGES[name].reference()}"
                read.refuse("LL-CFG-063", f"imageDigests.{name}", None, wanted)
    return given


def sign_on(read: Reader) -> SignOn | None:
    """The organisation's identity provider; without one Grafana has a single administrator."""
    given = read.mapping("singleSignOn", "LL-CFG-064")
    if not given:
        return None
    for name in sorted(given.keys() ^ set(_SIGN_ON)):
        read.refuse("LL-CFG-065", f"singleSignOn.{name}", given.get(name), f"exactly {', '.join(_SIGN_ON)}")
    for name in sorted(given.keys() & set(_SIGN_ON)):
        pattern = _ADDRESS if name.endswith("Url") else _CLAIM
        if not pattern.fullmatch(given[name]):
            allowed = "an https address" if pattern is _ADDRESS else "a name of the identity provider's"
            read.refuse("LL-CFG-066", f"singleSignOn.{name}", given[name], allowed)
    return SignOn(
        client_id=given.get("clientId", ""),
        authorize_url=given.get("authorizeUrl", ""),
        token_url=given.get("tokenUrl", ""),
        userinfo_url=given.get("userinfoUrl", ""),
        administrators=given.get("administrators", ""),
    )


def runbooks(read: Reader) -> str:
    """Where people who are called can read docs/runbooks; without an address links name the file in this project."""
    allowed = "an https address without user, query and slash at its end: https://wiki.example.org/runbooks"
    return read.text("runbooks", "", "LL-CFG-073", _RUNBOOKS, allowed)
