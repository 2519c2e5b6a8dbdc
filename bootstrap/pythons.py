"""Finds a Python of a wanted version that really runs.

A pyenv shim exists for every version ever installed and exits with 127 when that version is not active, and uv stops at
it. So each candidate is run before it is believed, and pyenv's folder of versions is asked before one is fetched.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Iterator, NamedTuple

from bootstrap.steps import SetUpFailed, run, say

PROBE = "import ctypes, ssl, sys, venv; print('%d.%d' % sys.version_info[:2])"

NOT_FOUND = """\
No Python {version} was found and none could be fetched.
  pyenv            pyenv install {version}
  Debian, Ubuntu   apt install python{version} python{version}-venv   (where the release has it)
  macOS            brew install python@{version}
  or put an interpreter named python{version} on the PATH, and run the command again.

{reason}"""


class Wanted(NamedTuple):
    """Versions that will do, the preferred one first, and what they are for."""

    versions: tuple[str, ...]
    purpose: str


def find_python(wanted: Wanted, uv: str, environment: dict[str, str]) -> str:
    for version in wanted.versions:
        for candidate in _candidates(version):
            if probe(candidate) == version:
                return candidate
    return _from_uv(wanted, uv, environment)


def probe(python: str) -> str | None:
    """`3.12` and so on; None when it does not run or lacks a module that every installer needs."""
    try:
        answer = subprocess.run([python, "-c", PROBE], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return answer.stdout.strip() if answer.returncode == 0 else None


def working_pythons(names: list[str]) -> Iterator[str]:
    """Every file on the PATH with one of these names, not just the first: a shim may hide the real one."""
    for name in names:
        for folder in os.environ.get("PATH", "").split(os.pathsep):
            path = Path(folder or ".") / name
            if path.is_file() and os.access(path, os.X_OK):
                yield str(path)


def _candidates(version: str) -> Iterator[str]:
    yield sys.executable
    for folder in pyenv_versions():
        if folder.name == version or folder.name.startswith(version + "."):
            yield str(folder / "bin" / "python3")
    yield from working_pythons([f"python{version}", "python3", "python"])


def pyenv_versions() -> list[Path]:
    """pyenv's installed versions, the newest first."""
    homes = [os.environ.get("PYENV_ROOT"), str(Path.home() / ".pyenv")]
    folders = [folder for home in homes if home for folder in Path(home, "versions").glob("*.*") if folder.is_dir()]
    return sorted(folders, key=_numbers, reverse=True)


def _numbers(folder: Path) -> list[int]:
    return [int(part) if part.isdigit() else -1 for part in folder.name.split(".")]


def _from_uv(wanted: Wanted, uv: str, environment: dict[str, str]) -> str:
    version = wanted.versions[0]
    found = _ask_uv(uv, version, environment)
    if found:
        return found
    say(f"  No Python {version} on this machine ({wanted.purpose}); fetching one")
    try:
        run(f"Python {version}", [uv, "python", "install", version], environment)
    except SetUpFailed as error:
        raise SetUpFailed(NOT_FOUND.format(version=version, reason=error)) from error
    found = _ask_uv(uv, version, environment)
    if found is None:
        raise SetUpFailed(NOT_FOUND.format(version=version, reason="the fetched one does not run"))
    return found


def _ask_uv(uv: str, version: str, environment: dict[str, str]) -> str | None:
    command = [uv, "python", "find", "--no-project", "--managed-python", version]
    answer = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    found = answer.stdout.strip()
    return found if answer.returncode == 0 and probe(found) == version else None
