"""A primary that dies under load; a watcher promotes the replica and points the pooler at it."""

import itertools
import signal
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from lifeline_rotation.postgresql import Connection, PostgresError

from tests.live.postgres.platform import Platform
from tests.live.postgres.servers import SUPERUSER, SUPERUSER_PASSWORD, Node, wait_until

_BETWEEN_SECONDS, _LOOKING_SECONDS, _MISSED = 0.02, 0.2, 2
#: The first eight digits of a log file's name are the timeline.
_WRITE = (
    "INSERT INTO written (key, timeline) VALUES ('{}', left(pg_walfile_name(pg_current_wal_lsn()), 8)) RETURNING key"
)
_TABLE = (
    "CREATE TABLE written (key text PRIMARY KEY, timeline text NOT NULL, "
    "at timestamptz NOT NULL DEFAULT clock_timestamp())"
)


@dataclass
class Writer:
    """One client of `database`: a new row at a time, for ever; after an error it connects anew."""

    platform: Platform
    login: dict[str, Any]
    name: str
    tried: dict[str, float] = field(default_factory=dict[str, float])
    acknowledged: dict[str, float] = field(default_factory=dict[str, float])
    errors: int = 0
    _over: threading.Event = field(default_factory=threading.Event)

    def start(self) -> "Writer":
        self._thread = threading.Thread(target=self._write, daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def gap_seconds(self, since: float) -> float:
        """The longest time without a success."""
        times = [since, *(each for each in self.acknowledged.copy().values() if each >= since)]
        return max((after - before for before, after in itertools.pairwise(times)), default=0)

    def _write(self) -> None:
        connection: Connection | None = None
        for number in itertools.count():
            if self._over.wait(_BETWEEN_SECONDS):
                break
            key = f"{self.name}-{number}"
            try:
                assert self.platform.pooler
                connection = connection or self.platform.pooler.connect(self.login)
                self.tried[key] = time.monotonic()
                connection.query(_WRITE.format(key))
                self.acknowledged[key] = time.monotonic()
            except (OSError, PostgresError):
                self.errors += 1
                with suppress(AttributeError, OSError, PostgresError):
                    connection.close()  # type: ignore[union-attr]
                connection = None


@dataclass
class Round:
    """One death."""

    gap_seconds: float
    acknowledged: int
    lost: int
    unknown: int
    """Written, though the client was told of an error: whoever repeats it writes twice."""
    timelines: tuple[str, ...]


@dataclass
class Drill:
    """`lag_seconds` is how long the replica hears nothing before the primary dies."""

    platform: Platform
    synchronous: bool
    lag_seconds: float = 0

    def prepare(self) -> None:
        """Replicating is more than being there: the state is asked for before every round."""
        primary, standbys = self.platform.primary, "*" if self.synchronous else ""
        primary.tell(f"ALTER SYSTEM SET synchronous_standby_names = '{standbys}'")
        primary.tell("SELECT pg_reload_conf()")
        wanted = "sync" if self.synchronous else "async"
        state = "SELECT sync_state FROM pg_stat_replication WHERE state = 'streaming'"
        wait_until(f"one replica, {wanted}", lambda: primary.tell(state) == [(wanted,)])

    def round(self, writers: list[Writer]) -> Round:
        self.prepare()
        platform = self.platform
        dying, replica = platform.primary, platform.replicas[0]
        started = time.monotonic()
        _all_write(writers)
        if self.lag_seconds:
            replica.tell("ALTER SYSTEM SET primary_conninfo = ''")
            replica.tell("SELECT pg_reload_conf()")
            time.sleep(self.lag_seconds)
        began = time.monotonic()
        watcher = threading.Thread(target=self._watch, args=(dying, replica))
        watcher.start()
        dying.kill()
        watcher.join()
        assert dying.process and dying.process.poll() is not None, "the primary died"
        assert replica.tell("SELECT pg_is_in_recovery()") == [("f",)], "the replica took its place"
        _all_write(writers)
        ended = time.monotonic()
        gap = max(each.gap_seconds(began) for each in writers)
        rows = platform.primary.tell("SELECT key, timeline FROM written", platform.database)
        found = dict(rows)
        _all_write(writers)
        answered = {key: at for each in writers for key, at in each.acknowledged.copy().items()}
        tried = {key for each in writers for key, at in each.tried.copy().items() if started <= at <= ended}
        acknowledged = {key for key, at in answered.items() if started <= at <= ended}
        unknown = len((found.keys() & tried) - answered.keys())
        self._replace(dying)
        lost = len(acknowledged - found.keys())
        return Round(gap, len(acknowledged), lost, unknown, tuple(sorted(set(found.values()))))

    def _watch(self, primary: Node, replica: Node) -> None:
        """As simple as can be: so many missed looks, and the replica is promoted. A managed service does more first."""
        missed = 0
        while missed < _MISSED:
            time.sleep(_LOOKING_SECONDS)
            missed = missed + 1 if not _answers(primary) else 0
        replica.promote()
        platform = self.platform
        platform.primary, platform.replicas = replica, []
        assert platform.pooler and platform.pooler.process
        platform.pooler.primary, platform.pooler.replicas = replica.port, ()
        platform.pooler.configure()
        platform.pooler.process.send_signal(signal.SIGHUP)

    def _replace(self, dead: Node) -> None:
        """The next replica is new: what died may hold rows that nobody else has."""
        number = int(dead.directory.name.rpartition("-")[2]) if "-" in dead.directory.name else 0
        directory = dead.directory.with_name(f"node-{number + 2}")
        self.platform.primary.tell("ALTER SYSTEM RESET synchronous_standby_names")
        self.platform.primary.tell("SELECT pg_reload_conf()")
        fresh = Node(directory, self.platform.system, self.platform.authority)
        fresh.copy_of(self.platform.primary)
        self.platform.replicas = [fresh.start()]


def begin(platform: Platform, clients: int, owner: dict[str, Any], login: dict[str, Any]) -> list[Writer]:
    assert platform.pooler
    with platform.pooler.connect(owner) as connection:
        connection.query(_TABLE)
    return [Writer(platform, login, f"client-{number}").start() for number in range(clients)]


def _answers(node: Node) -> bool:
    try:
        with Connection(node.server(), SUPERUSER, SUPERUSER_PASSWORD) as connection:
            return connection.query("SELECT 1") == [("1",)]
    except (OSError, PostgresError):
        return False


def _all_write(writers: list[Writer]) -> None:
    """Every client has had an answer from now on."""
    counts = [len(each.acknowledged) for each in writers]
    wait_until(
        "every client writes",
        lambda: all(len(w.acknowledged) > count + 5 for w, count in zip(writers, counts, strict=True)),
    )
