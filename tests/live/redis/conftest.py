"""The rotation's client of Redis is the tests' as well."""

import sys

from rehearsal.paths import PROJECT

sys.path.insert(0, str(PROJECT / "images" / "rotation"))
