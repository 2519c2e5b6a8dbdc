"""`./careloop up` as a whole: ready, alive, refused twice, ended without leaving anybody."""

import http.client
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.settings import Settings
from bot.stack.addresses import answers, free_port
from bot.stack.folders import ROOT, Folders
from bot.stack.model import models_folder
from bot.stack.only_one import running_pid

PATIENCE = 120
"""Seconds until a test gives up on a busy machine."""


@dataclass(frozen=True)
class Copy:
    """One CareLoop with a folder and a port of its own."""

    var: Path
    port: int
    rasa_url: str = ""

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        told = {
            "CARELOOP_VAR": str(self.var),
            "CARELOOP_PORT": str(self.port),
            "CARELOOP_MODELS": str(models_folder(Settings())),
            "CARELOOP_RASA_URL": self.rasa_url,
        }
        command = [sys.executable, "-m", "bot.launch", *arguments]
        return subprocess.run(command, cwd=ROOT, env=os.environ | told, capture_output=True, text=True, check=False)

    @property
    def is_healthy(self) -> bool:
        return answers("127.0.0.1", self.port, "/healthz")

    def processes(self) -> dict[int, str]:
        """Everybody who was started for this copy, recognised by its folder."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                belongs = str(self.var).encode() in (folder / "environ").read_bytes()
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            if command and (belongs or str(self.var) in command):
                found[int(folder.name)] = command
        return found


def started(copy: Copy) -> subprocess.CompletedProcess[str]:
    up = copy.run("up", "--detach")
    assert up.returncode == 0, up.stdout + up.stderr
    return up


def until(wished: Callable[[], bool]) -> bool:
    end = time.monotonic() + PATIENCE
    while not wished() and time.monotonic() < end:
        time.sleep(0.1)
    return wished()


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[Copy]:
    """Without a Rasa of its own, so that it starts in a moment."""
    made = Copy(tmp_path / "var", free_port(), rasa_url="http://127.0.0.1:9")
    yield made
    made.run("down")


pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes under /proc")


def test_up_serves_and_down_leaves_nobody(copy: Copy) -> None:
    up = started(copy)
    assert f"http://127.0.0.1:{copy.port}/chat" in up.stdout
    assert copy.is_healthy
    assert copy.run("down").stdout == "Stopped.\n"
    assert copy.processes() == {}
    assert not copy.is_healthy


def test_the_first_admins_password_is_told_once_and_is_in_no_file(copy: Copy) -> None:
    up = started(copy)
    assert f"http://127.0.0.1:{copy.port}/console/" in up.stdout
    told = re.search(r"One-time password: +([a-z2-9]{4}(?:-[a-z2-9]{4}){3})\n", up.stdout)
    assert told is not None, up.stdout
    for file in (copy.var / "log").iterdir():
        assert told[1] not in file.read_text(encoding="utf-8", errors="replace"), file
    copy.run("down")
    assert "One-time" not in started(copy).stdout


def test_a_second_up_is_refused_and_the_first_goes_on(copy: Copy) -> None:
    started(copy)
    for arguments in (["up"], ["up", "--detach"]):
        again = copy.run(*arguments)
        assert again.returncode == 1
        assert "already running" in again.stderr
    assert copy.is_healthy


def test_an_app_that_dies_is_started_again(copy: Copy) -> None:
    started(copy)
    for pid, command in copy.processes().items():
        if "bot.main" in command:
            os.kill(pid, signal.SIGKILL)
    assert until(lambda: not copy.is_healthy)
    assert until(lambda: copy.is_healthy)
    assert "app ended (exit code -9)" in Folders(copy.var).log("up").read_text(encoding="utf-8")


def test_nobody_outlives_an_up_that_is_killed(copy: Copy) -> None:
    started(copy)
    running = running_pid(Folders(copy.var))
    assert running is not None
    os.kill(running, signal.SIGKILL)
    assert until(lambda: copy.processes() == {}), copy.processes()


def test_what_fails_is_shown_with_its_log_and_nobody_stays(copy: Copy) -> None:
    (copy.var / "postgres").mkdir(parents=True)
    (copy.var / "postgres" / "PG_VERSION").write_text("9\n", encoding="utf-8")
    up = copy.run("up", "--detach")
    assert up.returncode == 1
    assert str(copy.var / "log" / "postgres.log") in up.stdout
    assert copy.processes() == {}


@pytest.mark.rasa
@pytest.mark.slow
def test_up_starts_rasa_on_loopback_and_down_ends_it(tmp_path: Path) -> None:
    whole = Copy(tmp_path / "var", free_port())
    try:
        started(whole)
        rasa = next(command for command in whole.processes().values() if "rasa run" in command)
        assert " -i 127.0.0.1 " in rasa
        asked = http.client.HTTPConnection("127.0.0.1", int(rasa.split(" -p ")[1].split()[0]))
        asked.request("GET", "/")
        assert asked.getresponse().status == 200
        asked.close()
    finally:
        whole.run("down")
    assert whole.processes() == {}
