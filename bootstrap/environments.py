"""The two Python environments: made by uv from hashed locks, left alone while their stamp matches."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import NamedTuple

from bootstrap.pythons import Wanted, find_python, probe
from bootstrap.steps import run
from bootstrap.uv import ROOT, clean_environment, find_uv

STAMP = "careloop-stamp"
APP_PYTHON = Wanted(("3.12", "3.13", "3.14"), "for the app")
RASA_PYTHON = Wanted(("3.10",), "Rasa runs on nothing newer")


class Environment(NamedTuple):
    """A folder, the locks of requirements/ that satisfy it (the first is the one to install), and its Python."""

    folder: str
    locks: tuple[str, ...]
    python: Wanted

    @property
    def interpreter(self) -> Path:
        return ROOT / self.folder / "bin" / "python"


# dev.txt contains all of app.txt, so whoever has it can run CareLoop too.
APP = Environment(".venv", ("app.txt", "dev.txt"), APP_PYTHON)
DEV = Environment(".venv", ("dev.txt",), APP_PYTHON)
RASA = Environment(".venv-rasa", ("rasa.txt",), RASA_PYTHON)


def set_up(environment: Environment) -> None:
    if is_fresh(environment):
        return
    uv = find_uv()
    stamp = ROOT / environment.folder / STAMP
    stamp.unlink() if stamp.exists() else None
    if not _has_right_python(environment):
        _make(environment, uv)
    lock = environment.locks[0]
    sync = [uv, "pip", "sync", "--require-hashes", "--python", str(environment.interpreter)]
    title = f"packages of {environment.folder} ({lock})"
    run(title, [*sync, str(ROOT / "requirements" / lock)], {**clean_environment(), "UV_COMPILE_BYTECODE": "1"})
    stamp.write_text(_stamp(environment, lock), encoding="utf-8")


def is_fresh(environment: Environment) -> bool:
    stamp = ROOT / environment.folder / STAMP
    if not stamp.exists() or not os.access(environment.interpreter, os.X_OK):
        return False
    return stamp.read_text(encoding="utf-8") in [_stamp(environment, lock) for lock in environment.locks]


def _stamp(environment: Environment, lock: str) -> str:
    digest = hashlib.sha256((ROOT / "requirements" / lock).read_bytes()).hexdigest()
    return f"{lock} {digest} {_python_of(environment)}\n"


def _python_of(environment: Environment) -> str:
    """The exact version of Python an environment was made with, as its pyvenv.cfg says."""
    settings = ROOT / environment.folder / "pyvenv.cfg"
    lines = settings.read_text(encoding="utf-8").splitlines() if settings.exists() else []
    versions = [line.split("=", 1)[1].strip() for line in lines if line.startswith("version")]
    return versions[0] if versions else ""


def _has_right_python(environment: Environment) -> bool:
    return environment.interpreter.exists() and probe(str(environment.interpreter)) in environment.python.versions


def _make(environment: Environment, uv: str) -> None:
    python = find_python(environment.python, uv, clean_environment())
    command = [uv, "venv", "--clear", "--no-project", "--python", python, str(ROOT / environment.folder)]
    run(f"environment {environment.folder} ({python})", command, clean_environment())
