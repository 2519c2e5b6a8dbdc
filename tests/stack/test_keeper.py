"""Parts are kept alive, and stopped in the order in which they need each other."""

import os
import signal
import sys
from pathlib import Path
from time import monotonic

import pytest

from bot.stack.children import Recipe
from bot.stack.keeper import Keeper, pause_before

SLEEP = "import time; time.sleep(600)"


def recipe(name: str, folder: Path, program: str = SLEEP) -> Recipe:
    return Recipe(name, [sys.executable, "-c", program], folder / f"{name}.log", dict(os.environ))


@pytest.mark.parametrize(("failures", "seconds"), [(1, 1), (2, 2), (3, 4), (5, 16), (6, 30), (50, 30)])
def test_the_pause_grows_to_half_a_minute(failures: int, seconds: int) -> None:
    assert pause_before(failures) == seconds


def test_one_that_ended_is_started_again_after_its_pause_and_that_is_said(tmp_path: Path) -> None:
    said: list[str] = []
    keeper = Keeper(said.append)
    first = keeper.start(recipe("rasa", tmp_path))
    os.kill(first.process.pid, signal.SIGKILL)
    first.process.wait()
    now = monotonic()
    keeper.tick(now)
    keeper.tick(now + 0.9)
    assert keeper.parts["rasa"].child is first
    keeper.tick(now + 1.1)
    try:
        assert keeper.parts["rasa"].child.alive
        assert said[0].startswith("rasa ended")
        assert said[1] == "rasa was started again"
    finally:
        keeper.stop()


def test_failures_long_ago_are_forgotten(tmp_path: Path) -> None:
    keeper = Keeper(lambda _: None)
    child = keeper.start(recipe("app", tmp_path, "pass"))
    keeper.parts["app"].failures = 5
    child.process.wait()
    keeper.tick(child.started + 61)
    assert keeper.parts["app"].failures == 1
    keeper.stop()


def test_the_app_is_stopped_before_rasa_and_the_database_last(tmp_path: Path) -> None:
    order = tmp_path / "order"
    keeper = Keeper(lambda _: None)
    for name in ("postgres", "rasa", "app"):
        program = (
            "import signal, sys, time\n"
            f"signal.signal(signal.SIGTERM, lambda *_: (open({str(order)!r}, 'a').write('{name} '), sys.exit()))\n"
            "print('up', flush=True); time.sleep(600)"
        )
        child = keeper.start(recipe(name, tmp_path, program))
        assert child.wait_until(lambda log=child.recipe.log: "up" in log.read_text(encoding="utf-8"), 20)  # type: ignore[misc]
    keeper.stop()
    assert order.read_text(encoding="utf-8").split() == ["app", "rasa", "postgres"]
