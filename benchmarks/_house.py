"""A whole CareLoop of its own for a benchmark: other folder, other port, the model shared, stopped at the end."""

import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from bot.stack.addresses import free_port

ROOT = Path(__file__).parent.parent
GENEROUS = {"CARELOOP_WEB_MESSAGES_PER_MINUTE": "1000000", "CARELOOP_WEB_SESSIONS_PER_MINUTE": "1000000"}
"""One machine plays thousands of shoppers here."""


@dataclass(frozen=True)
class RunningHouse:
    """Where it listens and where it keeps its things."""

    port: int
    var: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def process(self, part: str) -> psutil.Process | None:
        """The process of ``bot.main`` or ``rasa`` that belongs to this house."""
        for process in psutil.process_iter(["cmdline"]):
            line = " ".join(process.info["cmdline"] or [])
            if part in line and _var_of(process) == str(self.var):
                return process
        return None


@contextmanager
def running_house(settings: Mapping[str, str] | None = None) -> Iterator[RunningHouse]:
    """Start with ``./careloop up --detach``; the demo shop is filled, Rasa answers."""
    with tempfile.TemporaryDirectory(prefix="careloop-bench-", ignore_cleanup_errors=True) as folder:
        house = RunningHouse(free_port(), Path(folder).resolve())
        environment = os.environ | GENEROUS | dict(settings or {})
        environment |= {"CARELOOP_VAR": str(house.var), "CARELOOP_PORT": str(house.port)}
        environment.setdefault("CARELOOP_MODELS", str(ROOT / "var" / "models"))
        subprocess.run([ROOT / "careloop", "up", "--detach"], env=environment, check=True, cwd=ROOT)
        try:
            yield house
        finally:
            subprocess.run([ROOT / "careloop", "down"], env=environment, check=False, cwd=ROOT)


def _var_of(process: psutil.Process) -> str:
    try:
        told = process.environ()
    except (psutil.AccessDenied, psutil.NoSuchProcess):
        return ""
    return told.get("CARELOOP_VAR") or str(Path(told.get("HOME", "/")).parent)
