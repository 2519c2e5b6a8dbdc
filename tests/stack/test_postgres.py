"""The embedded PostgreSQL: one per folder, found again, stopped by whoever started it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from bot.stack.folders import ROOT
from bot.stack.postgres import Postgres, start_postgres
from bot.stack.postgres_data import current_socket


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    started = start_postgres(tmp_path_factory.mktemp("postgres"))
    yield started
    started.stop()


def ask(server: Postgres, question: str) -> object:
    with psycopg.connect(server.url.replace("+psycopg", "")) as connection:
        row = connection.execute(question.encode()).fetchone()
    assert row is not None
    return row[0]


def test_a_second_start_uses_the_server_that_runs_and_leaves_it_running(server: Postgres) -> None:
    second = start_postgres(server.data.parent)
    second.stop()
    assert second.child is None
    assert ask(second, "select 1") == 1


def test_it_listens_on_no_network_address(server: Postgres) -> None:
    assert ask(server, "select current_setting('listen_addresses')") == ""


def test_what_was_committed_survives_a_power_cut(server: Postgres) -> None:
    assert ask(server, "select current_setting('fsync') || current_setting('synchronous_commit')") == "onon"


def test_chinese_text_has_trigrams(server: Postgres) -> None:
    with psycopg.connect(server.url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("create extension pg_trgm")
        connection.execute(
            "create database made_by_hand template template0 locale 'C' lc_ctype 'C.UTF-8' "
            "locale_provider builtin builtin_locale 'C.UTF-8'"
        )
    assert ask(server, "select cardinality(show_trgm('订单号'))") == 4


def test_a_path_too_long_for_a_socket_and_full_of_special_characters_works(tmp_path: Path) -> None:
    server = start_postgres(tmp_path / "a b%20&c=d" / ("x" * 100))
    try:
        assert ask(server, "select current_database()") == "careloop"
        assert start_postgres(server.data.parent).socket == server.socket
    finally:
        server.stop()
    assert not server.socket.exists()


def test_it_ends_when_whoever_started_it_is_killed(tmp_path: Path) -> None:
    program = (
        "import os, pathlib, signal, sys; from bot.stack.postgres import start_postgres;"
        "start_postgres(pathlib.Path(sys.argv[1])); os.kill(os.getpid(), signal.SIGKILL)"
    )
    killed = subprocess.run([sys.executable, "-c", program, str(tmp_path)], cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    until = time.monotonic() + 60
    log = tmp_path / "log" / "postgres.log"
    while "database system is shut down" not in log.read_text(encoding="utf-8") and time.monotonic() < until:
        time.sleep(0.05)
    assert "database system is shut down" in log.read_text(encoding="utf-8")
    assert not current_socket(tmp_path / "postgres")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to give up being root")
def test_started_by_root_it_has_none_of_roots_rights(server: Postgres) -> None:
    assert server.child is not None
    status = Path(f"/proc/{server.child.process.pid}/status").read_text(encoding="utf-8")
    assert "CapEff:\t0000000000000000" in status
