"""Rasa, in an environment of its own: how it is called, and one server of it on loopback."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.stack.addresses import answers, free_port
from bot.stack.children import Child, Recipe, start
from bot.stack.failures import NotSetUp
from bot.stack.folders import ROOT, Folders

PYTHON = ROOT / ".venv-rasa" / "bin" / "python"
START_SECONDS = 180
"""It boots in about 12 s; the first time, on a busy machine, it has taken a minute."""
QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "PYTHONUNBUFFERED": "1",
}
NOT_FOR_RASA = ("CARELOOP_", "PYTHON", "VIRTUAL_ENV")
"""Beginnings of variables that Rasa does not get: our secrets are none of its business."""


@dataclass(frozen=True)
class Wiring:
    """How Rasa and the app find and recognise each other."""

    actions_url: str
    actions_token: str
    rasa_token: str
    patch: bool = True


@dataclass
class Rasa:
    port: int
    child: Child

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def answers(self) -> bool:
        """Rasa loads its model before it listens, so any answer means ready."""
        return answers("127.0.0.1", self.port, "/")

    def wait(self) -> None:
        """Until it answers; raises `PartFailed`."""
        if not self.child.wait_until(lambda: self.answers, START_SECONDS):
            raise self.child.failed("Rasa did not start.")

    def stop(self) -> None:
        self.child.stop()


def start_rasa(var: Path, model: Path, wiring: Wiring, port: int = 0) -> Rasa:
    """Begin to start it (`wait` waits) on a port of loopback, a free one for 0."""
    chosen = port or free_port()
    return Rasa(chosen, start(server_recipe(Folders(var.resolve()).made(), model, wiring, chosen)))


def server_recipe(folders: Folders, model: Path, wiring: Wiring, port: int) -> Recipe:
    told = {
        "CARELOOP_ACTIONS_URL": wiring.actions_url,
        "CARELOOP_ACTIONS_TOKEN": wiring.actions_token,
        "CARELOOP_RASA_TOKEN": wiring.rasa_token,
        "CARELOOP_RASA_PATCH": str(wiring.patch).lower(),
    }
    where = ["-i", "127.0.0.1", "-p", str(port)]
    what = ["--model", str(model), "--endpoints", "nlu/endpoints.yml", "--credentials", "nlu/credentials.yml"]
    return Recipe(
        name="rasa",
        command=[*rasa("run"), *where, *what],
        log=folders.log("rasa"),
        environment=rasa_environment(folders, told),
        grace=3.0,
    )


def rasa(*arguments: str) -> list[str]:
    if not PYTHON.exists():
        raise NotSetUp(f"{PYTHON} is missing; ./careloop train sets it up")
    return [str(PYTHON), "-m", "rasa", *arguments]


def rasa_environment(folders: Folders, told: Mapping[str, str]) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(NOT_FOR_RASA)}
    places = {
        "HOME": str(folders.rasa_home),
        "TMPDIR": str(folders.temporary),
        "RASA_CACHE_DIRECTORY": str(folders.rasa_home / "cache"),
        "PYTHONPATH": str(ROOT),
    }
    return inherited | QUIET | places | dict(told)
