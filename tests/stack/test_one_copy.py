"""One CareLoop per folder: who runs, who is refused, who is stopped; secrets and ports of its own."""

import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.settings import Settings
from bot.stack.addresses import free_port, require_free, shown
from bot.stack.failures import AlreadyRunning, PortTaken
from bot.stack.folders import ROOT, Folders
from bot.stack.only_one import only_one, running_pid, stop_running
from bot.stack.told import NAMES, app_environment, with_secrets

HOLDER = """
import pathlib, sys, time
from bot.stack.folders import Folders
from bot.stack.only_one import only_one
with only_one(Folders(pathlib.Path(sys.argv[1]))):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path / "var").made()


def test_a_second_up_in_the_same_folder_is_refused_and_told_what_to_do(folders: Folders) -> None:
    with (
        only_one(folders),
        pytest.raises(AlreadyRunning, match=rf"process {os.getpid()}[\s\S]*CARELOOP_VAR"),
        only_one(folders),
    ):
        pytest.fail("two at once")


def test_nobody_runs_after_the_end(folders: Folders) -> None:
    with only_one(folders):
        assert running_pid(folders) == os.getpid()
    assert running_pid(folders) is None
    assert stop_running(folders) is False


def test_down_ends_the_one_that_runs_and_waits_for_it(folders: Folders) -> None:
    command = [sys.executable, "-c", HOLDER, str(folders.var)]
    holder = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    with holder.stdout:
        assert holder.stdout.readline() == "held\n"
        assert stop_running(folders) is True
    assert running_pid(folders) is None
    assert holder.wait(10) != 0


def test_a_taken_port_is_named_with_the_variable_that_changes_it() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken, match=rf"port {port}[\s\S]*CARELOOP_PORT"):
            require_free("127.0.0.1", port)


def test_a_free_port_is_free() -> None:
    require_free("127.0.0.1", free_port())


def test_addresses_for_every_interface_are_shown_so_that_they_open_here() -> None:
    assert shown("http://0.0.0.0:8000", is_demo=False) == [
        ("Chat", "http://127.0.0.1:8000/chat"),
        ("Console", "http://127.0.0.1:8000/console/"),
        ("API", "http://127.0.0.1:8000/docs"),
    ]
    assert ("Demo mailbox", "http://127.0.0.1:9/demo/mailbox") in shown("http://127.0.0.1:9", is_demo=True)


def test_secrets_are_made_once_kept_private_and_differ(folders: Folders) -> None:
    first = with_secrets(Settings(), folders.secrets)
    second = with_secrets(Settings(), folders.secrets)
    values = [getattr(first, name).get_secret_value() for name in NAMES]
    assert values == [getattr(second, name).get_secret_value() for name in NAMES]
    assert len(set(values)) == len(NAMES)
    assert min(len(value) for value in values) >= 32
    assert stat.S_IMODE(folders.secrets.stat().st_mode) == 0o600


def test_a_given_secret_is_never_replaced(folders: Folders) -> None:
    settings = Settings().model_copy(update={"rasa_token": SecretStr("given")})
    assert with_secrets(settings, folders.secrets).rasa_token.get_secret_value() == "given"


def test_the_app_reads_back_exactly_what_it_was_told(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = with_secrets(Settings(), folders.secrets)
    told = settings.model_copy(
        update={"var": folders.var, "demo": True, "database_url": "postgresql+psycopg://careloop@/careloop?host=/a%20b"}
    )
    for name, value in app_environment(told).items():
        monkeypatch.setenv(name, value)
    assert Settings() == told
