"""`./careloop up`: starts the parts side by side as far as they allow, keeps them alive, stops them in order."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from time import monotonic, sleep
from zoneinfo import ZoneInfo

from bot.settings import Settings
from bot.stack.addresses import answers, free_port, require_free, shown
from bot.stack.children import Child, Recipe
from bot.stack.failures import TrainingFailed
from bot.stack.first_admin import first_admin, whisper
from bot.stack.folders import Folders
from bot.stack.keeper import Keeper
from bot.stack.model import current_model, ensure_model
from bot.stack.only_one import claim
from bot.stack.postgres import start_postgres
from bot.stack.progress import Progress
from bot.stack.rasa import START_SECONDS, Wiring, start_rasa
from bot.stack.schema import fill_demo, furnish, migrate
from bot.stack.told import app_environment, with_secrets, with_values

APP_SECONDS = 90


def up(settings: Settings, progress: Progress) -> None:
    """Returns only by an exception: `KeyboardInterrupt` when asked to stop, else why it could not start."""
    folders = Folders(settings.var.resolve()).made()
    claim(folders)
    with _stopped_at_the_end(folders, progress) as keeper:
        require_free(settings.host, settings.port)
        with progress:
            told = Start(folders, progress, keeper).everything(with_secrets(settings, folders.secrets))
        login = f"admin@{told.mail_from.rpartition('@')[2].strip(' >')}"
        words = first_admin(told.database_url, login, datetime.now(ZoneInfo(told.time_zone)))
        _announce(told, progress)
        whisper(words, progress.console)
        folders.ready.touch()
        keeper.watch()


@contextmanager
def _stopped_at_the_end(folders: Folders, progress: Progress) -> Iterator[Keeper]:
    keeper = Keeper(progress.say)
    folders.ready.unlink(missing_ok=True)
    try:
        yield keeper
    finally:
        # A second Ctrl-C changes nothing: it takes seconds, and everybody is to end in order.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        folders.ready.unlink(missing_ok=True)
        keeper.stop()


@dataclass(frozen=True)
class Awaited:
    """A part that was started and has `seconds` to become ready."""

    child: Child
    ready: Callable[[], bool]
    seconds: float


class Start:
    """The order of a start. Training, the slowest part, runs beside the database and the app."""

    def __init__(self, folders: Folders, progress: Progress, keeper: Keeper) -> None:
        self.folders = folders
        self.progress = progress
        self.keeper = keeper
        self.awaited: dict[str, Awaited] = {}

    def everything(self, settings: Settings) -> Settings:
        """Raises `PartFailed`; returns the settings as the app was told them."""
        training = None if settings.rasa_url else self._training(settings)
        told = self._database(settings)
        port = free_port()
        told = told if settings.rasa_url else with_values(told, rasa_url=f"http://127.0.0.1:{port}")
        self._app(told)
        if not settings.rasa_url:
            self._finish(training)
            self._rasa(told, port)
        while self.awaited:
            self._look()
        return told

    def _training(self, settings: Settings) -> Child | None:
        """As a process of its own, or None when the model is up to date."""
        if current_model(settings) is not None:
            return None
        self.progress.begin("model", "training, because its texts changed; about half a minute")
        command = [sys.executable, "-m", "bot.launch", "train"]
        log = self.folders.log("model")
        log.unlink(missing_ok=True)
        return self.keeper.start(Recipe("train", command, log, app_environment(settings)))

    def _database(self, settings: Settings) -> Settings:
        told = with_values(settings, demo=settings.is_demo)
        if not settings.database_url:
            with self.progress.part("database"):
                server = start_postgres(self.folders.var)
                if server.child is not None:
                    self.keeper.keep(server.child)
            told = with_values(told, database_url=server.url)
        with self.progress.part("schema"):
            migrate(told.database_url)
            now = datetime.now(ZoneInfo(told.time_zone))
            furnish(told.database_url, told.time_zone, now)
        if told.is_demo:
            with self.progress.part("demo shop"):
                fill_demo(told.database_url, now, self.progress.say)
        return told

    def _app(self, told: Settings) -> None:
        command = [sys.executable, "-m", "bot.main"]
        child = self.keeper.start(Recipe("app", command, self.folders.log("app"), app_environment(told)))
        self._await("app", Awaited(child, lambda: answers(told.host, told.port, "/healthz"), APP_SECONDS))

    def _rasa(self, told: Settings, port: int) -> None:
        rasa = start_rasa(self.folders.var, ensure_model(told, lambda _: None), wiring(told), port)
        self.keeper.keep(rasa.child)
        self._await("Rasa", Awaited(rasa.child, lambda: rasa.answers, START_SECONDS))

    def _finish(self, training: Child | None) -> None:
        if training is None:
            return
        while training.alive:
            self._look()
        self.keeper.forget("train")
        if training.process.returncode:
            raise TrainingFailed(training.recipe.log.read_text(encoding="utf-8", errors="replace").strip())
        self.progress.done("model")

    def _await(self, name: str, awaited: Awaited) -> None:
        self.progress.begin(name)
        self.awaited[name] = awaited

    def _look(self) -> None:
        """Say who has become ready meanwhile; raises `PartFailed` for one that will not."""
        for name, awaited in list(self.awaited.items()):
            if awaited.ready():
                self.progress.done(name)
                del self.awaited[name]
            elif not awaited.child.alive or monotonic() - awaited.child.started > awaited.seconds:
                raise awaited.child.failed(f"The part {name} did not start.")
        sleep(0.1)


def wiring(told: Settings) -> Wiring:
    return Wiring(
        actions_url=f"http://127.0.0.1:{told.port}/internal/actions",
        actions_token=told.actions_token.get_secret_value(),
        rasa_token=told.rasa_token.get_secret_value(),
        patch=told.rasa_patch,
    )


def _announce(told: Settings, progress: Progress) -> None:
    lines = [f"  {name:<14}{address}" for name, address in shown(told.base_url, told.is_demo)]
    stop = "Ctrl-C" if progress.console.is_terminal else "./careloop down"
    last = f"{stop} stops it. Logs: {Folders(told.var.resolve()).logs}"
    text = "\n".join(["", "CareLoop is ready.", "", *lines, "", last])
    progress.console.print(text, soft_wrap=True)
