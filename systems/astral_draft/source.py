"""The document this platform is read from."""

from systems.model import Document

DRAFT = Document("astral-draft")
WEB, WORKER, SCHEDULER = "astraldraft-web", "astraldraft-worker", "astraldraft-scheduler"
