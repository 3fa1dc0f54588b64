"""The document this platform is read from."""

from systems.model import Document

V2 = Document("astral-core-v2")
