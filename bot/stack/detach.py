"""`up --detach`: the same `up` in the background, watched until it is ready."""

import os
import signal
import subprocess
import sys
import time
from typing import TextIO

from rich.console import Console

from bot.stack.failures import AlreadyRunning
from bot.stack.first_admin import WHISPER
from bot.stack.folders import ROOT, Folders
from bot.stack.only_one import running_pid


def up_in_background(folders: Folders, arguments: list[str], console: Console) -> int:
    """The exit code: 0 once it is ready, else that of the `up` that failed. What it says is shown meanwhile."""
    if (pid := running_pid(folders)) is not None:
        raise AlreadyRunning(f"CareLoop is already running in {folders.var} (process {pid}). ./careloop down stops it.")
    folders.ready.unlink(missing_ok=True)
    command = [sys.executable, "-m", "bot.launch", "up", *arguments]
    heard, told = os.pipe()
    with folders.log("up").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | {WHISPER: str(told)},
            pass_fds=(told,),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    os.close(told)
    with folders.log("up").open(encoding="utf-8") as log, os.fdopen(heard, encoding="utf-8") as whispered:
        try:
            code = _follow(process, log, folders, console)
            # It has told everything, or has ended: nothing keeps the pipe open.
            if words := whispered.read():
                console.print(f"\n{words}", soft_wrap=True)
            return code
        except KeyboardInterrupt:
            os.kill(process.pid, signal.SIGTERM)
            process.wait()
            raise


def _follow(process: subprocess.Popen[bytes], log: TextIO, folders: Folders, console: Console) -> int:
    while True:
        ready, code = folders.ready.exists(), process.poll()
        console.print(log.read(), end="", soft_wrap=True)
        if code is not None:
            return code
        if ready:
            return 0
        time.sleep(0.1)
