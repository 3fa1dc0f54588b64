"""Entry point of the stub beside the engine: `python rehearsal/languagehost [flags] ENGINE_ADDRESS`."""

import sys
import types
from importlib.util import find_spec
from pathlib import Path


def _stand_in(name: str, directory: Path) -> None:
    """An empty package of that name, so that its generated messages load without the whole SDK (0.2 s a start)."""
    module = types.ModuleType(name)
    module.__path__ = [str(directory)]
    sys.modules[name] = module


if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parents[2])
    sdk = find_spec("pulumi")
    if sdk is None or sdk.origin is None:
        raise SystemExit("the Pulumi SDK is not installed beside this language host: run `make tools` again")
    _stand_in("pulumi", Path(sdk.origin).parent)
    _stand_in("pulumi.runtime", Path(sdk.origin).parent / "runtime")

    from rehearsal.languagehost.host import serve

    serve(engine_address=sys.argv[-1])
