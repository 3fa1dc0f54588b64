"""HAProxy's files, rendered from a platform's spec: the fleet that splits traffic, and the way to the cache's master.

`fleet(system, surroundings)` returns file name -> text. What changes while it runs (shares of a rollout, maintenance)
is no part of it: `traffic.py` has the keys, and HAProxy looks them up in a map at each request.
"""

from rendering.haproxy import answers, backends, cache, frontends, globals_, routes, traffic
from rendering.haproxy.surroundings import Surroundings
from systems.model import System

CONFIGURATION = "haproxy.cfg"


def fleet(system: System, surroundings: Surroundings) -> dict[str, str]:
    """Everything in the configuration directory; `traffic.map` is made from `traffic.defaults` in the run directory."""
    sections = (
        *globals_.sections(system, surroundings),
        *frontends.sections(system, surroundings),
        *backends.sections(system, surroundings),
        cache.section(system, surroundings),
    )
    return {
        CONFIGURATION: "\n\n".join("\n".join(section) for section in sections if section) + "\n",
        "answers.map": answers.table(system),
        "routes.map": routes.table(system),
        "traffic.defaults": traffic.table(traffic.defaults(system)),
    }
