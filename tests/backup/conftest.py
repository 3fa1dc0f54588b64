"""One live database, one S3 and its door for the tests of a process; buckets and settings are each test's own."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from moto.server import ThreadedMotoServer

from rehearsal.paths import PROJECT
from systems import registry
from systems.model import RoleUse
from tests.backup import data, servers
from tests.backup.door import Door, standing_before
from tests.backup.place import Place
from tests.backup.servers import Live, Neighbours
from tests.rotation.authority import Authority

sys.path.insert(0, str(PROJECT / "images" / "backup"))

SYSTEM = registry.load("astral-core-v2")
ROWS = 2_000


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def live(authority: Authority) -> Iterator[Live]:
    with servers.running(SYSTEM, authority) as running:
        running.tell(data.filled(ROWS), role=running.role(RoleUse.OWNER))
        yield running


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """Whose parts may be small: S3's least are 5 MiB, and it would take a large database to have several."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    with pytest.MonkeyPatch.context() as emulator:
        emulator.setattr("moto.s3.models.S3_UPLOAD_PART_MIN_SIZE", 1)
        server.start()
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
        server.stop()


@pytest.fixture
def door(s3: str) -> Iterator[Door]:
    with standing_before(s3) as standing:
        yield standing


@pytest.fixture
def neighbours() -> Iterator[Neighbours]:
    with servers.neighbours() as found:
        yield found


@pytest.fixture
def place(live: Live, s3: str, door: Door, neighbours: Neighbours, authority: Authority) -> Iterator[Place]:
    directory: Path = servers.directory_for_postgres("place")
    yield Place(SYSTEM, directory, live, s3, door, neighbours, authority)
    shutil.rmtree(directory, ignore_errors=True)
