"""`./careloop check`: every check that needs no database, one after the other, whatever the earlier ones said."""

import subprocess
import sys
from pathlib import Path
from time import monotonic

from rich.console import Console

from bot.stack.folders import ROOT

TRANSLATIONS = "test_translation*.py"


def steps() -> list[tuple[str, list[str]]]:
    """What is checked, and the command that does it."""
    module = [sys.executable, "-m"]
    tests = [ROOT / "tests" / "test_architecture.py", *sorted((ROOT / "tests").rglob(TRANSLATIONS))]
    named = [str(path.relative_to(ROOT)) for path in tests]
    return [
        ("format", [*module, "ruff", "format", "--check", "."]),
        ("lint", [*module, "ruff", "check", "."]),
        ("types", [*module, "mypy"]),
        ("imports", [str(Path(sys.executable).with_name("lint-imports"))]),
        ("architecture and translations", [*module, "pytest", "-q", *named]),
    ]


def check(console: Console) -> int:
    failed = [title for title, command in steps() if not _passes(title, command, console)]
    verdict = f"Failed: {', '.join(failed)}." if failed else "All checks passed."
    console.print(verdict, style="red" if failed else "green")
    return 1 if failed else 0


def _passes(title: str, command: list[str], console: Console) -> bool:
    """Silent about what is right; everything that the command said about what is not."""
    started = monotonic()
    result = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    mark = "✗" if result.returncode else "✓"
    console.print(f"  {mark} {title:<32}{monotonic() - started:5.1f} s")
    if result.returncode:
        console.print(result.stdout, soft_wrap=True)
    return result.returncode == 0
