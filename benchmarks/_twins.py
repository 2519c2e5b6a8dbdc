"""Two web processes of the app on one database, and one Rasa that asks the first of them for its actions."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from pydantic import SecretStr

from bot.settings import Settings, read_settings
from bot.stack.addresses import answers, free_port
from bot.stack.children import Child, Recipe, start
from bot.stack.folders import ROOT, Folders
from bot.stack.model import ensure_model
from bot.stack.postgres import Postgres, start_postgres
from bot.stack.rasa import start_rasa
from bot.stack.told import app_environment, with_secrets, with_values
from bot.stack.up import wiring

APP_SECONDS = 90
COMMAND = ["-m", "bot.main"]


@dataclass(frozen=True)
class Twins:
    """`urls` of both; `parts` are the processes by name, each with its children."""

    urls: list[str]
    parts: dict[str, psutil.Process]

    def cpu(self) -> dict[str, float]:
        """Seconds so far."""
        return {name: sum(map(_cpu, _family(process))) for name, process in self.parts.items()}

    def memory(self, name: str) -> float:
        """MB that are its own (USS), of the largest process: it is started on a leash."""
        return max(process.memory_full_info().uss for process in _family(self.parts[name])) / 2**20


@contextmanager
def running_postgres(var: Path) -> Iterator[Postgres]:
    server = start_postgres(var)
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def running_twins(var: Path, server: Postgres) -> Iterator[Twins]:
    settings = _told(var, server.url)
    with ExitStack() as stack:
        apps = [_started(settings, free_port(), name) for name in ("A", "B")]
        for child, _ in apps:
            stack.callback(child.stop)
        first = apps[0][1]
        port = int(settings.rasa_url.rpartition(":")[2])
        rasa = start_rasa(var / "rasa", ensure_model(settings, print), wiring(first), port)
        stack.callback(rasa.stop)
        for child, told in apps:
            if not child.wait_until(lambda told=told: answers(told.host, told.port, "/healthz"), APP_SECONDS):  # type: ignore[misc]
                raise child.failed("The app did not start.")
        rasa.wait()
        parts = {f"app {name}": child.process.pid for name, (child, _) in zip("AB", apps, strict=True)}
        parts |= {"Rasa": rasa.child.process.pid, "PostgreSQL": _postmaster(server)}
        yield Twins([told.base_url for _, told in apps], {name: psutil.Process(pid) for name, pid in parts.items()})


def _told(var: Path, url: str) -> Settings:
    generous = {"web_messages_per_minute": 1_000_000, "web_sessions_per_minute": 1_000_000}
    settings = read_settings()
    models = settings.models or ROOT / "var" / "models"
    settings = with_values(settings, var=var, models=models, database_url=url, demo=False, **generous)
    settings = with_secrets(settings, Folders(var).made().secrets)
    # Only a database of somebody else's needs a secret that was set by hand.
    return with_values(settings, rasa_url=f"http://127.0.0.1:{free_port()}", secret=SecretStr("s" * 40))


def _started(settings: Settings, port: int, name: str) -> tuple[Child, Settings]:
    told = with_values(settings, port=port)
    log = Folders(settings.var).logs / f"app-{name}.log"
    return start(Recipe(f"app-{name}", [sys.executable, *COMMAND], log, app_environment(told))), told


def _postmaster(server: Postgres) -> int:
    return int((server.data / "postmaster.pid").read_text().split()[0])


def _family(process: psutil.Process) -> list[psutil.Process]:
    return [process, *process.children(recursive=True)]


def _cpu(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)
