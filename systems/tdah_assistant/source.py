"""The document this platform is read from."""

from systems.model import Document

TDAH = Document("tdah-assistant")
