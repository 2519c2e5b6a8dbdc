"""One `up` for each folder: who runs it is written in a file that is locked as long as they live."""

import fcntl
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

from bot.stack.failures import AlreadyRunning
from bot.stack.folders import Folders

STOP_SECONDS = 25


@contextmanager
def only_one(folders: Folders) -> Iterator[None]:
    """Nobody else within the block; raises `AlreadyRunning`."""
    descriptor = claim(folders)
    try:
        yield
    finally:
        os.close(descriptor)


def claim(folders: Folders) -> int:
    """Nobody else until this process has ended, however it ends, or closes what it got; raises `AlreadyRunning`."""
    descriptor = os.open(folders.pid, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise AlreadyRunning(
            f"CareLoop is already running in {folders.var} (process {running_pid(folders)}).\n"
            "./careloop down stops it. A second copy needs a CARELOOP_VAR and a CARELOOP_PORT of its own."
        ) from None
    os.ftruncate(descriptor, 0)
    os.write(descriptor, f"{os.getpid()}\n".encode())
    return descriptor


def running_pid(folders: Folders) -> int | None:
    """The process that runs this folder's CareLoop."""
    if not folders.pid.exists():
        return None
    with folders.pid.open(encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return int(file.read().strip() or 0) or None
    return None


def stop_running(folders: Folders) -> bool:
    """End it and wait until it has; False when nothing ran. Who does not listen is killed, parts and all."""
    pid = running_pid(folders)
    if pid is None:
        return False
    os.kill(pid, signal.SIGTERM)
    until = time.monotonic() + STOP_SECONDS
    while running_pid(folders) == pid:
        if time.monotonic() > until:
            os.kill(pid, signal.SIGKILL)
            break
        time.sleep(0.1)
    return True
