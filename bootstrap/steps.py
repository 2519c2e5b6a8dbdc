"""One line per step of the set-up, with the seconds it took; a running clock on a terminal."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time

TAIL = 25


class SetUpFailed(Exception):
    """The set-up cannot go on. The message says what to do."""


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def run(title: str, command: list[str], environment: dict[str, str] | None = None) -> None:
    """Run quietly; raises `SetUpFailed` with the end of what the command wrote."""
    started = time.monotonic()
    _show(f"  … {title}")
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
        try:
            process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=environment)
            code = _wait(process, title, started)
        except OSError as error:
            raise SetUpFailed(f"{title}: {error}") from error
        if code:
            output.seek(0)
            tail = "".join(output.readlines()[-TAIL:]).rstrip()
            raise SetUpFailed(f"{title} failed: {' '.join(command)}\n\n{tail}")
    _clear()
    say(f"  ✓ {title}  {time.monotonic() - started:.1f} s")


def _wait(process: subprocess.Popen[bytes], title: str, started: float) -> int:
    try:
        while True:
            try:
                return process.wait(timeout=0.5)
            except subprocess.TimeoutExpired:
                if sys.stdout.isatty():
                    _show(f"  … {title}  {time.monotonic() - started:.0f} s")
    except KeyboardInterrupt:
        process.terminate()
        process.wait()
        raise


def _show(text: str) -> None:
    """On a terminal the line is overwritten when the step is done."""
    if sys.stdout.isatty():
        _clear()
        sys.stdout.write(text)
        sys.stdout.flush()
    else:
        say(text)


def _clear() -> None:
    if sys.stdout.isatty():
        sys.stdout.write("\r\033[K")
