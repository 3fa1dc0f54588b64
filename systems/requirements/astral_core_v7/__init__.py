"""Requirements of Astral Core v7, in the order of its document."""

from systems.requirements.astral_core_v7 import issues, recovering, releasing, watching
from systems.requirements.ledger import requirements_of

LEDGER = requirements_of("astral-core-v7", "V7", *issues.ROWS, *watching.ROWS, *releasing.ROWS, *recovering.ROWS)
