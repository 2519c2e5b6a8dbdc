"""A process of ours: stopped with all it started, killed with whoever started it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot.stack import children
from bot.stack.children import LEASH, Child, Recipe, start, trim
from bot.stack.failures import tail_of

SLEEP = "import time; time.sleep(600)"


def python(program: str, folder: Path, grace: float = 5.0) -> Child:
    command = [sys.executable, "-c", program]
    return start(Recipe("part", command, folder / "part.log", dict(os.environ), grace=grace))


def until_logged(child: Child, text: str) -> None:
    assert child.wait_until(lambda: text in child.recipe.log.read_text(encoding="utf-8"), 20), tail_of(child.recipe.log)


def is_alive(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False


def until_gone(pid: int) -> bool:
    until = time.monotonic() + 20
    while is_alive(pid) and time.monotonic() < until:
        time.sleep(0.02)
    return not is_alive(pid)


def test_one_that_does_not_listen_is_killed_after_its_grace(tmp_path: Path) -> None:
    program = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); {SLEEP}"
    child = python(program, tmp_path, grace=0.2)
    until_logged(child, "deaf")
    child.stop()
    assert child.process.returncode == -signal.SIGKILL


def test_what_it_started_itself_ends_with_it(tmp_path: Path) -> None:
    program = (
        f"import subprocess, sys; started = subprocess.Popen([sys.executable, '-c', {SLEEP!r}]);"
        "print(started.pid, flush=True); started.wait()"
    )
    child = python(program, tmp_path)
    until_logged(child, "\n")
    grandchild = int(child.recipe.log.read_text(encoding="utf-8"))
    child.stop()
    assert until_gone(grandchild)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent has gone")
def test_it_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    leashed = [sys.executable, str(LEASH), str(int(signal.SIGTERM)), "", sys.executable, "-c", SLEEP]
    program = f"import subprocess, time; print(subprocess.Popen({leashed!r}).pid, flush=True); time.sleep(600)"
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    with parent.stdout:
        child = int(parent.stdout.readline())
    try:
        # The leash becomes the program; in the instant between the two the command line is shorter, or empty.
        while Path(f"/proc/{child}/cmdline").read_text(encoding="utf-8").split("\0")[2:3] != [SLEEP]:
            time.sleep(0.02)
    finally:
        parent.kill()
        parent.wait()
    assert until_gone(child)


def test_a_failure_shows_what_this_start_said_and_nothing_older(tmp_path: Path) -> None:
    (tmp_path / "part.log").write_text("from yesterday\n", encoding="utf-8")
    child = python("print('\\x1b[91mno such file\\x1b[0m')", tmp_path)
    child.process.wait()
    message = str(child.failed("The part did not start."))
    assert "    no such file\n" in message
    assert "yesterday" not in message
    assert str(tmp_path / "part.log") in message


def test_a_log_that_is_too_long_loses_its_older_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "KEEP_BYTES", 1000)
    log = tmp_path / "part.log"
    log.write_text("".join(f"line {number}\n" for number in range(1000)), encoding="utf-8")
    trim(log)
    kept = log.read_text(encoding="utf-8").splitlines()
    assert log.stat().st_size <= 500
    assert kept[-1] == "line 999"
    assert kept == [f"line {number}" for number in range(1000 - len(kept), 1000)]
