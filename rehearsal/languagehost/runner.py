"""Runs one Pulumi program, or one policy pack, in a process of its own; started by host.py, never imported by it.

What to run comes as JSON on stdin: nothing of the configuration shows in the process list or the environment.
"""

import asyncio
import json
import logging
import os
import runpy
import signal
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

#: Exit code by which the host knows that the user has been told already.
REPORTED = 32


def main() -> int:
    # The engine ends a program whose deployment failed with SIGINT: that is no KeyboardInterrupt worth a traceback.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    order = json.load(sys.stdin)
    from rehearsal.languagehost import lean, parent  # the directory of `rehearsal` leads the search path until here

    parent.watch(lambda: os._exit(1))
    lean.make_lean()
    program = Path(order["program"])
    sys.path[0] = str(program if program.is_dir() else program.parent)
    os.chdir(order["directory"])
    return _policy_pack(order) if order["kind"] == "policy pack" else _program(order)


def _policy_pack(order: dict[str, Any]) -> int:
    sys.argv = ["pulumi.policy", *order["arguments"], order["program"]]
    runpy.run_module("pulumi.policy", run_name="__main__")
    return 0


def _program(order: dict[str, Any]) -> int:
    import pulumi
    import pulumi.runtime

    pulumi.runtime.set_all_config(order["config"], order["secret_keys"])
    pulumi.runtime.configure(pulumi.runtime.Settings(**order["settings"]))
    sys.argv = [order["program"], *order["arguments"]]
    # What is left unawaited after a failed deployment is of no interest: the failure itself is reported below.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    # Every registration under way holds one thread while the engine works on it.
    loop.set_default_executor(ThreadPoolExecutor(max_workers=4 * max(order["settings"]["parallel"], 1)))
    try:
        loop.run_until_complete(pulumi.runtime.run_in_stack(lambda: _run_as_main(order["program"])))
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
        return REPORTED
    except Exception as error:
        pulumi.log.error("The program failed:\n" + _traceback(error, Path(sys.path[0])))
        return REPORTED
    return 0


def _run_as_main(program: str) -> None:
    path = Path(program)
    if path.is_dir() and not (path / "__main__.py").exists():
        import pulumi

        raise pulumi.RunError(f"there is no program in {path}: it should have a __main__.py")
    runpy.run_path(program, run_name="__main__")


def _traceback(error: BaseException, directory: Path) -> str:
    """The traceback from the program's own first line on: what started it is no help to its author."""

    def is_own(file: str) -> bool:
        return Path(file).is_relative_to(directory) and not Path(file).is_relative_to(sys.prefix)

    frames = error.__traceback__
    while frames is not None and not is_own(frames.tb_frame.f_code.co_filename):
        frames = frames.tb_next
    return "".join(traceback.format_exception(type(error), error, frames or error.__traceback__))


if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parents[2])
    try:
        code = main()
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
        if isinstance(stop.code, str):
            print(stop.code, file=sys.stderr)
    sys.stdout.flush()
    sys.stderr.flush()
    # Threads that still wait for an engine which has given up must not hold the exit.
    os._exit(code)
