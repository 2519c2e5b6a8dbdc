"""The embedded PostgreSQL: a server from a Python package, its data under `var`, reachable by a local socket only.

The package's own start-up opens every parent folder to everybody when run as root, so only its programs are used.
"""

import fcntl
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

from bot.stack.children import Child, Recipe, start
from bot.stack.folders import Folders
from bot.stack.postgres_data import USER, current_socket, environment, make_data, new_socket, program, root_hint

DATABASE = "careloop"
START_SECONDS = 120
"""Generous: after a crash of the machine the server first replays its log."""
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "jit": "off",
    "fsync": "on",
    "timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
}


@dataclass(frozen=True)
class Postgres:
    """A running server. `child` is None when another process of ours runs it; then `stop` leaves it alone."""

    data: Path
    socket: Path
    child: Child | None

    @property
    def url(self) -> str:
        return self.database(DATABASE)

    def database(self, name: str) -> str:
        return f"postgresql+psycopg://{USER}@/{name}?host={quote(str(self.socket))}"

    def stop(self) -> None:
        if self.child is None:
            return
        self.child.stop()
        if self.socket != self.data:
            with suppress(OSError):
                self.socket.rmdir()


def start_postgres(var: Path, more_settings: Mapping[str, str] | None = None) -> Postgres:
    """The server of this folder, made on first use, with an empty database `careloop`. Raises `PartFailed`."""
    folders = Folders(var.resolve()).made()
    with _one_at_a_time(folders):
        return _running(folders) or _started(folders, SETTINGS | dict(more_settings or {}))


def _running(folders: Folders) -> Postgres | None:
    socket = current_socket(folders.postgres)
    server = Postgres(folders.postgres, socket, None) if socket else None
    return server if server and _answers(server) else None


def _started(folders: Folders, settings: dict[str, str]) -> Postgres:
    make_data(folders)
    socket = new_socket(folders.postgres)
    child = start(_recipe(folders, socket, settings))
    server = Postgres(folders.postgres, socket, child)
    try:
        _wait_for(server, child)
    except BaseException:
        server.stop()
        raise
    return server


def _recipe(folders: Folders, socket: Path, settings: dict[str, str]) -> Recipe:
    options = [f"--{name}={value}" for name, value in {**settings, "unix_socket_directories": str(socket)}.items()]
    return Recipe(
        name="postgres",
        command=[program("postgres"), "-D", str(folders.postgres), *options],
        log=folders.log("postgres"),
        environment=environment(),
        # "Fast": ends the sessions, writes everything down and goes.
        stop_signal=signal.SIGINT,
        without_root=list(dict.fromkeys([folders.postgres, socket])),
    )


def _wait_for(server: Postgres, child: Child) -> None:
    until = time.monotonic() + START_SECONDS
    while not _answers(server):
        if not child.alive or time.monotonic() > until:
            raise child.failed("PostgreSQL did not start.", root_hint())
        time.sleep(0.05)
    with psycopg.connect(_plain(server.database("postgres")), autocommit=True) as connection:
        known = connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone()
        if known is None:
            connection.execute("create database careloop")


def _answers(server: Postgres) -> bool:
    with suppress(psycopg.OperationalError), psycopg.connect(_plain(server.database("postgres")), connect_timeout=5):
        return True
    return False


def _plain(url: str) -> str:
    return url.replace("+psycopg", "", 1)


@contextmanager
def _one_at_a_time(folders: Folders) -> Iterator[None]:
    with (folders.var / "postgres.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
