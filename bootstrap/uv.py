"""Finds uv, the installer, or puts the pinned one into .tools/ with its hashes checked."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from bootstrap.pythons import probe, working_pythons
from bootstrap.steps import SetUpFailed, run

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
LOCK = ROOT / "requirements" / "tools.txt"

NO_VENV = """\
No Python here can make an environment (the modules venv and ensurepip are missing).
  Debian, Ubuntu   apt install python3-venv
  Fedora, RHEL     dnf install python3-pip
  or put uv {wanted} or newer on the PATH, and run the command again.

{reason}"""


def pinned_version() -> tuple[int, ...]:
    match = re.search(r"^uv==([\d.]+)", LOCK.read_text(encoding="utf-8"), re.MULTILINE)
    if match is None:
        raise SetUpFailed(f"{LOCK} names no version of uv")
    return _numbers(match.group(1))


def find_uv() -> str:
    """A path to a uv that is new enough."""
    for candidate in (shutil.which("uv"), str(TOOLS / "bin" / "uv")):
        if candidate and version_of(candidate) >= pinned_version():
            return candidate
    return _install()


def version_of(uv: str) -> tuple[int, ...]:
    """Empty when it does not run: a shim without its program, another platform."""
    try:
        answer = subprocess.run([uv, "--version"], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ()
    match = re.match(r"uv ([\d.]+)", answer.stdout)
    return _numbers(match.group(1)) if match and answer.returncode == 0 else ()


def _install() -> str:
    python = _tools_python()
    command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    run("installer uv into .tools", [*command, "-r", str(LOCK)])
    uv = str(TOOLS / "bin" / "uv")
    if version_of(uv) < pinned_version():
        raise SetUpFailed(f"{uv} does not run on this machine; put a working uv on the PATH")
    return uv


def _tools_python() -> str:
    """Make .tools with the first Python that can; Debian's own often cannot."""
    reason = ""
    for base in [sys.executable, *working_pythons(["python3", "python3.12", "python3.11", "python3.10"])]:
        if probe(base) is None:
            continue
        made = subprocess.run([base, "-m", "venv", "--clear", str(TOOLS)], capture_output=True, text=True, check=False)
        if made.returncode == 0:
            return str(TOOLS / "bin" / "python")
        reason = reason or (made.stdout + made.stderr).strip()
        shutil.rmtree(TOOLS, ignore_errors=True)
    wanted = ".".join(map(str, pinned_version()))
    raise SetUpFailed(NO_VENV.format(wanted=wanted, reason=reason))


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.strip(".").split("."))


def clean_environment() -> dict[str, str]:
    """The caller's environment without what would make uv or Python look into another project."""
    foreign = {"VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONHOME", "PYTHONPATH", "UV_PROJECT_ENVIRONMENT", "UV_PYTHON"}
    return {name: value for name, value in os.environ.items() if name not in foreign}
