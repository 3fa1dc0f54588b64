"""The document this platform is read from."""

from systems.model import Document

V7 = Document("astral-core-v7")
