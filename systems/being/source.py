"""The document this platform is read from."""

from systems.model import Document

BEING = Document("being-mbct")
