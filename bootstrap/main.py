"""Sets up what a command needs, then hands over to CareLoop's own Python."""

from __future__ import annotations

import fcntl
import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

from bootstrap.commands import parse
from bootstrap.environments import APP, DEV, RASA, Environment, is_fresh, set_up
from bootstrap.locks import lock
from bootstrap.packages import packages_are_fresh, set_up_packages
from bootstrap.steps import SetUpFailed, say
from bootstrap.uv import ROOT, clean_environment

NEEDS = {
    "up": [APP, RASA],
    "down": [],
    "train": [APP, RASA],
    "migrate": [APP],
    "key": [APP],
    "staff": [APP],
    "sending": [APP],
    "privacy": [APP],
    "test": [DEV, RASA],
    "bench": [DEV, RASA],
    "check": [DEV],
}
SHOWS_PAGES = {"up", "test", "bench"}
"""These need what the console's pages load in the browser."""


def main(arguments: list[str]) -> int:
    command = parse(arguments)
    try:
        if command.command == "lock":
            lock(command.upgrade)
            return 0
        _set_up_all(_needed(command.command), command.command in SHOWS_PAGES)
    except SetUpFailed as error:
        sys.stderr.write(f"\n{error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped. Run the command again to go on where it ended.\n")
        return 130
    if not APP.interpreter.exists():
        say("Nothing is set up here, so nothing is running.")
        return 0
    return _hand_over(arguments)


def _needed(command: str) -> list[Environment]:
    """Whoever has a Rasa elsewhere needs no environment for one here."""
    has_rasa = bool(os.environ.get("CARELOOP_RASA_URL"))
    return [each for each in NEEDS[command] if not (each is RASA and has_rasa and command == "up")]


def _set_up_all(environments: list[Environment], shows_pages: bool) -> None:
    stale = [each for each in environments if not is_fresh(each)]
    lacks_packages = shows_pages and not packages_are_fresh()
    if not stale and not lacks_packages:
        return
    say("Setting up")
    with _alone():
        for environment in stale:
            set_up(environment)
        if lacks_packages:
            set_up_packages()


@contextmanager
def _alone() -> Iterator[None]:
    """Two commands started at once set up one after the other."""
    with (ROOT / "requirements" / "tools.txt").open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _hand_over(arguments: list[str]) -> int:
    """Become CareLoop's own Python, in the project's folder; given paths stay relative to where it was typed."""
    environment = clean_environment()
    for name in ("CARELOOP_VAR", "CARELOOP_MODELS"):
        if environment.get(name):
            environment[name] = str(Path(environment[name]).absolute())
    os.chdir(ROOT)
    sys.stdout.flush()
    python = str(APP.interpreter)
    os.execve(python, [python, "-m", "bot.launch", *arguments], environment)
    raise AssertionError("unreachable")
