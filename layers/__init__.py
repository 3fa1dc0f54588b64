"""The platform in layers, each a function of the ones below it: what `__main__.py` reads off, from the ground up.

A layer makes components and wires them to each other and to what lower layers hand up. It adds no resource of its own.
"""

from layers.data import lay_data
from layers.entrance import lay_entrance
from layers.ground import lay_ground
from layers.keeping import keep_backups
from layers.machines import lay_machines
from layers.network import lay_network
from layers.platform import lay_platform
from layers.recovery import lay_recovery
from layers.site import Site
from layers.telling import told
from layers.watch import watch_from_outside, watch_inside

__all__ = [
    "Site",
    "keep_backups",
    "lay_data",
    "lay_entrance",
    "lay_ground",
    "lay_machines",
    "lay_network",
    "lay_platform",
    "lay_recovery",
    "told",
    "watch_from_outside",
    "watch_inside",
]
