"""`./careloop`, once its environments are set up: python -m bot.launch COMMAND."""

import signal
import subprocess
import sys
from argparse import Namespace
from datetime import UTC, datetime
from types import FrameType

from rich.console import Console

from bootstrap.commands import parse
from bot.settings import Settings, read_settings
from bot.stack.detach import up_in_background
from bot.stack.folders import Folders
from bot.stack.model import ensure_model
from bot.stack.only_one import stop_running
from bot.stack.progress import Progress
from bot.stack.reach import reached_database
from bot.stack.schema import furnish, migrate
from bot.stack.told import with_values
from bot.stack.up import up
from bot.workshop.benchmarks import benchmarks, command
from bot.workshop.check import check
from bot.workshop.test_run import run_tests
from crm_store.errors import CareLoopError


def main(arguments: list[str]) -> int:
    """Exit codes: 0 done, 1 failed (the reason was printed), 130 stopped by the user before it was done."""
    console = Console(markup=False, emoji=False, highlight=False)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        return _run(arguments, console)
    except CareLoopError as error:
        Console(stderr=True, markup=False, emoji=False, highlight=False).print(f"\n{error}", soft_wrap=True)
        return 1
    except KeyboardInterrupt:
        return 130


def _stop(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _run(arguments: list[str], console: Console) -> int:
    asked = parse(arguments)
    match asked.command:
        case "check":
            return check(console)
        case "bench":
            return _bench(asked.arguments, console)
        case "key":
            return subprocess.run([sys.executable, "-m", "bot.keys", *asked.arguments], check=False).returncode
        case "staff":
            return subprocess.run([sys.executable, "-m", "bot.staff", *asked.arguments], check=False).returncode
        case "privacy":
            return subprocess.run([sys.executable, "-m", "bot.privacy", *asked.arguments], check=False).returncode
        case "sending":
            return subprocess.run([sys.executable, "-m", "bot.sending", *asked.arguments], check=False).returncode
    return _run_here(asked, read_settings(), console)


def _run_here(asked: Namespace, settings: Settings, console: Console) -> int:
    match asked.command:
        case "up":
            return _up(settings, asked.port, asked.detach, console)
        case "down":
            return _down(settings, console)
        case "train":
            ensure_model(settings, console.print, asked.force)
        case "migrate":
            _migrate(settings, console)
        case "test":
            return run_tests(settings, asked.arguments, console.print)
    return 0


def _up(settings: Settings, port: int | None, detach: bool, console: Console) -> int:
    if detach:
        chosen = ["--port", str(port)] if port else []
        return up_in_background(Folders(settings.var.resolve()).made(), chosen, console)
    progress = Progress(console)
    try:
        up(with_values(settings, port=port) if port else settings, progress)
    except KeyboardInterrupt:
        console.print("\nStopped.")
    return 0


def _down(settings: Settings, console: Console) -> int:
    was_running = stop_running(Folders(settings.var.resolve()))
    console.print("Stopped." if was_running else "Nothing is running.")
    return 0


def _migrate(settings: Settings, console: Console) -> None:
    with reached_database(settings) as url:
        migrate(url)
        furnish(url, settings.time_zone, datetime.now(UTC))
    console.print("The schema is up to date.")


def _bench(arguments: list[str], console: Console) -> int:
    known = benchmarks()
    if not arguments:
        for name, summary in known.items():
            console.print(f"  {name:<20} {summary}")
        return 0
    name, *rest = arguments
    if name not in known:
        console.print(f"There is no benchmark {name}. Known: {', '.join(known) or 'none'}.")
        return 1
    return subprocess.run(command(name, rest), check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
