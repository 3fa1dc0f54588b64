from rehearsal.providers.local import LocalProvider
from rehearsal.providers.random.kinds import KINDS
from rehearsal.providers.server import run

run(lambda: LocalProvider("random", KINDS))
