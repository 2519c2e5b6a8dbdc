"""Real processes, killed with -9 in the middle of a campaign. Many kills of a large one: ``./careloop bench storm``."""

import asyncio
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scheduler.care.lane import MOST
from tests.conftest import ROOT
from tests.scheduler.care.house import House

MEMBERS, KILLS = 600, 3


class Workers:
    """Some that send the same campaign, one at a time, and what their provider was given by whom."""

    def __init__(self, url: str, record: Path, many: int) -> None:
        command = [sys.executable, "-m", "tests.scheduler.care.worker", url, str(record)]
        self._record = record
        self._record.touch()
        started = [subprocess.Popen(command, cwd=ROOT) for _ in range(many)]
        self._running = {each.pid: each for each in started}

    @property
    def _lines(self) -> list[str]:
        return self._record.read_text("utf-8").splitlines()

    def who_sends(self) -> int | None:
        """The process that handed over the last message, if it lives."""
        last = self._lines[-1:]
        return next((pid for line in last if (pid := int(line.split()[0])) in self._running), None)

    def kill(self, pid: int) -> None:
        each = self._running.pop(pid)
        each.kill()
        each.wait()

    def end(self) -> None:
        for pid in list(self._running):
            self.kill(pid)

    def got(self) -> Counter[str]:
        """How many messages each address was given."""
        return Counter(line.split()[1] for line in self._lines)


@contextmanager
def at_work(url: str, record: Path, many: int) -> Iterator[Workers]:
    workers = Workers(url, record, many)
    try:
        yield workers
    finally:
        workers.end()


async def test_killed_over_and_over_while_a_campaign_goes_out_nobody_gets_it_twice_and_nobody_is_lost(
    house: House, database_url: str, tmp_path: Path
) -> None:
    everybody = await house.crowd(MEMBERS)
    await house.planned()
    with at_work(database_url, tmp_path / "provider", KILLS + 1) as workers:
        for _ in range(KILLS):
            workers.kill(await whoever_sends(workers))
        await house.holds(lambda: nothing_waits(house), within=60)
    states, got = await house.states(), workers.got()
    assert set(got.values()) == {1}
    assert states.keys() <= {"sent", "unknown"}
    assert states["sent"] + states.get("unknown", 0) == len(everybody)
    assert states["sent"] <= len(got) <= len(everybody)
    assert states.get("unknown", 0) <= KILLS * MOST


async def whoever_sends(workers: Workers) -> int:
    """Once it has sent something."""
    async with asyncio.timeout(60):
        while (pid := workers.who_sends()) is None:
            await asyncio.sleep(0.005)
    return pid


async def nothing_waits(house: House) -> bool:
    return not (await house.states()).keys() & {"waiting", "sending"}
