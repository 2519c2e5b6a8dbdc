"""`./careloop up`: starts the parts side by side as far as they allow, keeps them alive, stops them in order."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from bot.settings import Settings
from bot.stack.addresses import answers, free_port, require_free, shown
from bot.stack.child_environment import app_environment, with_values
from bot.stack.children import Child, Recipe
from bot.stack.failures import PartFailed
from bot.stack.folders import Folders
from bot.stack.keeper import Keeper
from bot.stack.kept_secrets import with_secrets
from bot.stack.model import current_model, ensure_model
from bot.stack.only_one import only_one
from bot.stack.postgres import start_postgres
from bot.stack.progress import Progress
from bot.stack.rasa import Rasa, Wiring, start_rasa
from bot.stack.schema import fill_demo, migrate

APP_SECONDS = 90


def up(settings: Settings, progress: Progress) -> None:
    """Returns only by an exception: `KeyboardInterrupt` when asked to stop, else why it could not start."""
    folders = Folders(settings.var.resolve()).made()
    with only_one(folders), _stopped_at_the_end(folders, progress) as keeper:
        require_free(settings.host, settings.port)
        with progress:
            told = Start(folders, progress, keeper).everything(with_secrets(settings, folders.secrets))
        _announce(told, progress)
        folders.ready.touch()
        keeper.watch()


@contextmanager
def _stopped_at_the_end(folders: Folders, progress: Progress) -> Iterator[Keeper]:
    keeper = Keeper(progress.say)
    folders.ready.unlink(missing_ok=True)
    try:
        yield keeper
    finally:
        folders.ready.unlink(missing_ok=True)
        keeper.stop()


class Start:
    """The order of a start. Training, the slowest part, runs beside the database and the app."""

    def __init__(self, folders: Folders, progress: Progress, keeper: Keeper) -> None:
        self.folders = folders
        self.progress = progress
        self.keeper = keeper

    def everything(self, settings: Settings) -> Settings:
        """Raises `PartFailed`; returns the settings as the app was told them."""
        training = None if settings.rasa_url else self._training(settings)
        told = self._database(settings)
        port = free_port()
        told = told if settings.rasa_url else with_values(told, rasa_url=f"http://127.0.0.1:{port}")
        app = self._app(told)
        rasa = None if settings.rasa_url else self._rasa(told, training, port)
        self._wait_for_app(told, app)
        if rasa is not None:
            rasa.wait()
            self.progress.done("Rasa")
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
        if told.is_demo:
            with self.progress.part("demo shop"):
                fill_demo(told.database_url, self.progress.say)
        return told

    def _app(self, told: Settings) -> Child:
        self.progress.begin("app")
        command = [sys.executable, "-m", "bot.main"]
        return self.keeper.start(Recipe("app", command, self.folders.log("app"), app_environment(told)))

    def _rasa(self, told: Settings, training: Child | None, port: int) -> Rasa:
        if training is not None:
            code = training.process.wait()
            self.keeper.forget("train")
            if code:
                raise PartFailed("The model could not be trained.", training.recipe.log)
            self.progress.done("model")
        self.progress.begin("Rasa")
        model = ensure_model(told, lambda text: None)
        rasa = start_rasa(self.folders.var, model, wiring(told), port)
        self.keeper.keep(rasa.child)
        return rasa

    def _wait_for_app(self, told: Settings, app: Child) -> None:
        if not app.wait_until(lambda: answers(told.host, told.port, "/healthz"), APP_SECONDS):
            raise PartFailed(f"The app did not answer on {told.base_url}/healthz.", app.recipe.log)
        self.progress.done("app")


def wiring(told: Settings) -> Wiring:
    return Wiring(
        actions_url=f"http://127.0.0.1:{told.port}/internal/actions",
        actions_token=told.actions_token.get_secret_value(),
        rasa_token=told.rasa_token.get_secret_value(),
        patch=told.rasa_patch,
    )


def _announce(told: Settings, progress: Progress) -> None:
    lines = [f"  {name:<14}{address}" for name, address in shown(told.base_url, told.is_demo)]
    last = f"Ctrl-C stops it. Logs: {Folders(told.var).logs}"
    text = "\n".join(["", "CareLoop is ready.", "", *lines, "", last])
    progress.console.print(text, markup=False, highlight=False, soft_wrap=True)
