"""Requirements of the TDAH assistant, in the order of its document."""

from systems.requirements.ledger import requirements_of
from systems.requirements.tdah_assistant import building, caring, preparing, running, saving

LEDGER = requirements_of(
    "tdah-assistant", "TDAH", *preparing.ROWS, *building.ROWS, *running.ROWS, *saving.ROWS, *caring.ROWS
)
