"""pgbouncer.ini of a platform: few connections to the servers for many clients, and waiting instead of failing.

Logins lie in a file of their own, which a follower keeps (images/pooler); nothing in here is a secret.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from systems.model import RoleUse, System

CONFIGURATION, LOGINS, SOCKETS = "pgbouncer.ini", "userlist.txt", "/run/pooler"
PORT, METRICS_PORT = 5432, 9127
#: Asked for in place of the database's own name, where replicas answer reads.
READ_ONLY_SUFFIX = "_replicas"
#: The second user of a role, which the rotation makes (images/rotation): it becomes the role when it logs in.
ALTERNATE_SUFFIX = "_alternate"
#: Who comes through the pooler. Dumps and restores need whole sessions for hours and go to the server itself.
USES = (RoleUse.APPLICATION, RoleUse.OWNER, RoleUse.READ_ONLY, RoleUse.MONITORING)
#: Migrations set things for their session and hold locks of their own.
_IN_SESSIONS = (RoleUse.OWNER,)
#: A silent server is given up after these: a fail-over takes a minute or two, of which this must be a small part.
_KEEPALIVE = {"tcp_keepidle": 10, "tcp_keepintvl": 5, "tcp_keepcnt": 3, "tcp_user_timeout": 15_000}
#: `DISCARD ALL` would leave the second user of a role acting as itself: what it made would be its own.
_RESET = "RESET ALL; RESET ROLE; CLOSE ALL; UNLISTEN *; SELECT pg_advisory_unlock_all(); DEALLOCATE ALL; DISCARD TEMP"


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """Servers by name, and where the pod has its files."""

    primary: str
    replicas: tuple[str, ...] = ()
    server_port: int = PORT
    certificates: str
    """Directory with tls.crt and tls.key."""
    authorities: str
    """File with the certificates of those who sign the servers'."""
    run: str = SOCKETS
    """Directory that the follower writes, with PgBouncer's own socket."""
    listen_port: int = PORT


def configuration(system: System, around: Surroundings) -> str:
    """The whole file."""
    sections = {
        "databases": _databases(system, around),
        "users": _users(system),
        "pgbouncer": {**_doors(system, around), **_pools(system), **_times(system)},
    }
    return "\n".join(
        f"[{section}]\n" + "".join(f"{name} = {value}\n" for name, value in lines.items())
        for section, lines in sections.items()
    )


def users(system: System) -> Mapping[str, RoleUse]:
    """Everybody who may log in here, with both users of each role."""
    return {
        f"{role.name}{suffix}": role.use
        for role in system.database.roles
        if role.use in USES
        for suffix in ("", ALTERNATE_SUFFIX)
    }


def _databases(system: System, around: Surroundings) -> dict[str, str]:
    name = system.database.name
    where = {name: around.primary}
    if around.replicas:
        where[f"{name}{READ_ONLY_SUFFIX}"] = ",".join(around.replicas)
    return {each: f"host={host} port={around.server_port} dbname={name}" for each, host in where.items()}


def _users(system: System) -> dict[str, str]:
    """Shares of one pooler. The application's is what the pool as a whole leaves to it."""
    database, found = system.database, dict[str, str]()
    for user, use in users(system).items():
        if use is RoleUse.APPLICATION:
            continue
        share = max(2, database.role(use).connections // database.pooler.replicas)
        mode = "session" if use in _IN_SESSIONS else database.pooler.mode
        found[user] = f"pool_mode={mode} max_user_connections={share}"
    return found


def _doors(system: System, around: Surroundings) -> dict[str, object]:
    return {
        "listen_addr": "*",
        "listen_port": around.listen_port,
        "unix_socket_dir": around.run,
        "unix_socket_mode": "0700",
        "auth_type": "scram-sha-256",
        "auth_file": f"{around.run}/{LOGINS}",
        "client_tls_sslmode": "require",
        "client_tls_cert_file": f"{around.certificates}/tls.crt",
        "client_tls_key_file": f"{around.certificates}/tls.key",
        "client_tls_protocols": "secure",
        "server_tls_sslmode": "verify-full",
        "server_tls_ca_file": around.authorities,
        "server_tls_protocols": "secure",
        # what drivers of Java and .NET set without being asked; it changes nothing that would outlive a transaction
        "ignore_startup_parameters": "extra_float_digits",
        "log_connections": 1,
        "log_disconnections": 1,
        "log_pooler_errors": 1,
    }


def _pools(system: System) -> dict[str, object]:
    """Every client of the platform may come to one pooler: the others may just be away."""
    database = system.database
    each = database.connections_of_a_pooler
    return {
        "pool_mode": database.pooler.mode,
        "max_client_conn": database.pooler.client_connections,
        "default_pool_size": each,
        "max_db_connections": each,
        "server_reset_query": _RESET,
        "server_round_robin": 0,
    }


def _times(system: System) -> dict[str, object]:
    """A client waits for a server as long as its own pool waits for a connection, then hears an error."""
    patience = max((pool.timeout_seconds for pool in system.database.application_pools), default=30)
    return {
        "query_wait_timeout": patience,
        "server_connect_timeout": 5,
        "server_login_retry": 1,
        "server_check_query": "select 1",
        "server_check_delay": 5,
        "server_lifetime": 1_800,
        "server_idle_timeout": 300,
        "client_login_timeout": 15,
        "idle_transaction_timeout": 60,
        "dns_max_ttl": 5,
        "dns_nxdomain_ttl": 1,
        "tcp_keepalive": 1,
        **_KEEPALIVE,
    }
