"""The bootstrap as the engine runs it: from this directory, with the project's packages in reach."""

import importlib
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
importlib.import_module("bootstrap.program").declare()
