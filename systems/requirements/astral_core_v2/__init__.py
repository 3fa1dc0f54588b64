"""Requirements of Astral Core v2, in the order of its document."""

from systems.requirements.astral_core_v2 import building, caring, preparing, reacting, running
from systems.requirements.ledger import requirements_of

LEDGER = requirements_of(
    "astral-core-v2", "V2", *preparing.ROWS, *building.ROWS, *running.ROWS, *caring.ROWS, *reacting.ROWS
)
