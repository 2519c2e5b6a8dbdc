"""One process of ours: started on a leash with a log of its own, stopped with all it started itself."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep

from bot.stack.failures import PartFailed
from bot.stack.folders import ROOT

LEASH = Path(__file__).with_name("leash.py")
KEEP_BYTES = 20_000_000


@dataclass(frozen=True)
class Recipe:
    """How a part is started: again and again the same way, should it end."""

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str]
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 5.0
    """Seconds between the polite signal and the last one."""
    without_root: Sequence[Path] = ()
    """Folders that are its own; a process that has any does not run as root."""


@dataclass
class Child:
    recipe: Recipe
    process: subprocess.Popen[bytes]
    log_start: int = 0
    """Where in the log this process began."""
    started: float = field(default_factory=monotonic)

    def failed(self, what: str, hint: str = "") -> PartFailed:
        return PartFailed(what, self.recipe.log, self.log_start, hint)

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> bool:
        """False when it ended, or the time did, before `ready`."""
        until = monotonic() + seconds
        while not ready():
            if not self.alive or monotonic() > until:
                return False
            sleep(0.1)
        return True

    def stop(self) -> None:
        """Ask, wait for the grace, then insist; nothing of its process group is left."""
        if self.alive:
            self._send(self.recipe.stop_signal)
            try:
                self.process.wait(self.recipe.grace)
            except subprocess.TimeoutExpired:
                self._send(signal.SIGKILL)
        self._send(signal.SIGKILL)
        self.process.wait()

    def _send(self, number: signal.Signals) -> None:
        """The group outlives its leader while it has members, and its number is not given away before."""
        try:
            os.killpg(self.process.pid, number)
        except (ProcessLookupError, PermissionError):
            return


def start(recipe: Recipe) -> Child:
    trim(recipe.log)
    folders = os.pathsep.join(str(folder) for folder in recipe.without_root)
    leash = [sys.executable, "-I", str(LEASH), str(int(recipe.stop_signal)), folders]
    with recipe.log.open("ab") as log:
        log_start = log.tell()
        process = subprocess.Popen(
            [*leash, *recipe.command],
            cwd=ROOT,
            env=dict(recipe.environment),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            # A group of its own: Ctrl-C reaches the launcher alone, which then stops the parts in order.
            process_group=0,
        )
    return Child(recipe, process, log_start)


def trim(log: Path) -> None:
    """Keep a log from filling the disk: its older half goes when it is too long. Works while somebody appends to it."""
    if not log.exists() or log.stat().st_size <= KEEP_BYTES:
        return
    with log.open("r+b") as file:
        file.seek(-KEEP_BYTES // 2, os.SEEK_END)
        kept = file.read()
        file.seek(0)
        file.write(kept[kept.find(b"\n") + 1 :])
        file.truncate()
