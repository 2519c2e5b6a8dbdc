"""`./careloop lock`: resolves pyproject.toml into the four hashed lock files, which name no package host."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from bootstrap.steps import SetUpFailed, run, say
from bootstrap.uv import ROOT, clean_environment, find_uv

HEADER = ["--custom-compile-command", "./careloop lock"]
COMPILE = ["pip", "compile", "--universal", "--generate-hashes", "--quiet", *HEADER]
EXCLUDES = "requirements/rasa-excludes.txt"
LOCKS = {
    "tools.txt": ["--group", "tools", "--python-version", "3.8"],
    "app.txt": ["pyproject.toml", "--python-version", "3.12"],
    "dev.txt": ["pyproject.toml", "--group", "dev", "--python-version", "3.12"],
    "rasa.txt": ["--group", "rasa", "--python-version", "3.10", "--excludes", EXCLUDES],
}


def lock(upgrade: bool) -> None:
    """All four or none: the files are replaced only when every one resolved and names no host."""
    uv = find_uv()
    with tempfile.TemporaryDirectory() as folder:
        for name, arguments in LOCKS.items():
            _compile(uv, Path(folder) / name, arguments + (["--upgrade"] if upgrade else []))
        for name in LOCKS:
            shutil.copyfile(Path(folder) / name, ROOT / "requirements" / name)
    say("  The four files in requirements/ are up to date.")


def _compile(uv: str, target: Path, arguments: list[str]) -> None:
    current = ROOT / "requirements" / target.name
    if current.exists():
        shutil.copyfile(current, target)
    command = [uv, "--directory", str(ROOT), *COMPILE, *arguments, "-o", str(target)]
    run(f"requirements/{target.name}", command, clean_environment())
    refuse_hosts(target)


def refuse_hosts(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    found = [number for number, line in enumerate(lines, 1) if "://" in line]
    if found:
        raise SetUpFailed(f"{path.name} names a package host in line {found[0]}; a lock has to work with any index")
