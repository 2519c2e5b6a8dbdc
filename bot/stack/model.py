"""The trained Rasa model: named after what it was trained from, trained only when that changed."""

import fcntl
import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.settings import Settings
from bot.stack.children import Recipe, start
from bot.stack.folders import ROOT, Folders
from bot.stack.rasa import rasa, rasa_environment

DATA = ["nlu/en", "nlu/zh", "nlu/flows"]
KEPT = 3
NOT_TRAINED_FROM = {"endpoints.yml", "credentials.yml"}


def fingerprint(root: Path = ROOT) -> str:
    """Twelve hexadecimal digits that change with what training reads: texts, components, configuration, versions."""
    files = [root / "config.yml", root / "requirements" / "rasa.txt", *(root / "nlu").rglob("*")]
    digest = hashlib.sha256()
    for file in sorted(file for file in files if file.is_file() and _is_trained_from(file)):
        digest.update(f"{file.relative_to(root)}\0{hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()[:12]


def _is_trained_from(file: Path) -> bool:
    return file.suffix != ".pyc" and file.name not in NOT_TRAINED_FROM


def models_folder(settings: Settings) -> Path:
    return (settings.models or Folders(settings.var).models).resolve()


def current_model(settings: Settings) -> Path | None:
    """The model of today's data; None when it has to be trained."""
    path = models_folder(settings) / f"careloop-{fingerprint()}.tar.gz"
    return path if path.exists() else None


def ensure_model(settings: Settings, say: Callable[[str], None], force: bool = False) -> Path:
    """Train if the data changed. Two at once train one after the other, and the second finds it done."""
    asked = time.time()
    folder = models_folder(settings)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"careloop-{fingerprint()}.tar.gz"
    with _one_at_a_time(folder):
        if path.exists() and not (force and path.stat().st_mtime < asked):
            os.utime(path)
            say(f"Model {path.name} is up to date")
            return path
        say("Training the model: the texts or the configuration changed")
        _train(path, Folders(settings.var.resolve()).made())
        _forget_all_but_newest(folder)
    say(f"Model {path.name} trained")
    return path


def _train(path: Path, folders: Folders) -> None:
    """Into a folder beside the model, then renamed: a model that exists is whole."""
    with tempfile.TemporaryDirectory(dir=path.parent) as place:
        name = path.name.removesuffix(".tar.gz")
        # Validating costs seconds and only warns; what training cannot use it refuses by itself.
        what = ["--config", "config.yml", "--domain", "nlu/domain", "--skip-validation", "--data", *DATA]
        command = [*rasa("train"), *what, "--out", place, "--fixed-model-name", name]
        trainer = start(Recipe("train", command, folders.log("train"), rasa_environment(folders, {})))
        try:
            code = trainer.process.wait()
        finally:
            trainer.stop()
        made = Path(place) / path.name
        if code or not made.exists():
            raise trainer.failed("The model could not be trained.")
        made.replace(path)


def _forget_all_but_newest(folder: Path) -> None:
    models = sorted(folder.glob("careloop-*.tar.gz"), key=lambda model: model.stat().st_mtime, reverse=True)
    for model in models[KEPT:]:
        model.unlink(missing_ok=True)


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    with (folder / "training.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
