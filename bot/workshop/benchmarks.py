"""`./careloop bench`: what benchmarks there are, and how one is called."""

import ast
import sys
from pathlib import Path

from bot.stack.folders import ROOT


def benchmarks(folder: Path = ROOT / "benchmarks") -> dict[str, str]:
    """Each name with the first line of what it says about itself."""
    return {path.stem: _summary(path) for path in sorted(folder.glob("[!_]*.py"))}


def _summary(path: Path) -> str:
    return (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").partition("\n")[0]


def command(name: str, arguments: list[str]) -> list[str]:
    return [sys.executable, "-m", f"benchmarks.{name}", *arguments]
