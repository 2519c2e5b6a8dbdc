"""`./careloop test`: pytest on a database server of its own, shared by its processes and gone at the end."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from urllib.parse import quote

from bot.settings import Settings
from bot.stack.folders import ROOT
from bot.stack.model import ensure_model
from bot.stack.postgres import Postgres, start_postgres

EVERYTHING = ["-n", "3", "--dist", "loadgroup"]
"""Three on two cores: much of the time is spent waiting, for a browser, a provider or a clock."""
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""For data that nobody misses."""


def run_tests(settings: Settings, arguments: list[str], say: Callable[[str], None]) -> int:
    """pytest's exit code. Skipped tests are listed with their reasons."""
    ensure_model(settings, say)
    server = start_postgres(settings.var / "test", FAST)
    try:
        return _pytest(server, arguments)
    finally:
        server.stop()


def _pytest(server: Postgres, arguments: list[str]) -> int:
    template = f"postgresql://careloop@/{{}}?host={quote(str(server.socket))}"
    command = [sys.executable, "-m", "pytest", "-rs", *(arguments or EVERYTHING)]
    # Ctrl-C reaches pytest by itself; it sums up, and only then the server goes.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | {"CARELOOP_TEST_POSTGRES": template},
        )
        return process.wait()
    finally:
        signal.signal(signal.SIGINT, before)
