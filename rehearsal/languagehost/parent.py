"""Ends a process whose parent was killed: after SIGKILL of the engine nobody else would."""

import os
import threading
import time
from collections.abc import Callable

_POLL_SECONDS = 1.0


def watch(then: Callable[[], None]) -> None:
    """Call `then` from a thread once the process that started this one is gone."""
    parent = os.getppid()

    def wait() -> None:
        while os.getppid() == parent:
            time.sleep(_POLL_SECONDS)
        then()

    threading.Thread(target=wait, name="parent-watch", daemon=True).start()
