"""Requirements of Being, in the order of its document."""

from systems.requirements.being import deploying, observing, preparing, reacting
from systems.requirements.ledger import requirements_of

LEDGER = requirements_of("being-mbct", "BEING", *preparing.ROWS, *deploying.ROWS, *observing.ROWS, *reacting.ROWS)
