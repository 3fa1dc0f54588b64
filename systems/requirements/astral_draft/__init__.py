"""Requirements of Astral Draft, in the order of its document."""

from systems.requirements.astral_draft import communicating, deploying, preparing, returning, watching
from systems.requirements.ledger import requirements_of

LEDGER = requirements_of(
    "astral-draft",
    "DRAFT",
    *preparing.ROWS,
    *deploying.ROWS,
    *returning.ROWS,
    *watching.ROWS,
    *communicating.ROWS,
)
