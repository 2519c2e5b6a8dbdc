"""What goes on for ever ends when it is told to, also when something breaks at that very moment, and only then."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest

from crm_store.stopping import stoppable


async def _group(work: Callable[[], Awaitable[None]]) -> None:
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(work())  # type: ignore[arg-type]


async def _breaks_when_told_to_stop() -> None:
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        raise ValueError("broken just now") from None


async def _breaks() -> None:
    raise ValueError("broken")


async def _for_ever(work: Callable[[], Awaitable[None]], rounds: list[int]) -> None:
    while True:
        rounds.append(len(rounds))
        with suppress(ValueError):
            await stoppable(_group(work))
        await asyncio.sleep(0.001)


async def _stopped_after(work: Callable[[], Awaitable[None]], seconds: float) -> int:
    rounds: list[int] = []
    loop = asyncio.create_task(_for_ever(work, rounds))
    await asyncio.sleep(seconds)
    loop.cancel()
    with pytest.raises(asyncio.CancelledError):
        async with asyncio.timeout(5):
            await loop
    return len(rounds)


async def test_a_loop_whose_work_breaks_while_it_is_cancelled_ends() -> None:
    assert await _stopped_after(_breaks_when_told_to_stop, 0.01) == 1


async def test_a_loop_whose_work_breaks_goes_on_until_it_is_cancelled() -> None:
    assert await _stopped_after(_breaks, 0.1) > 2


async def test_what_the_work_gives_is_given_on() -> None:
    assert await stoppable(asyncio.sleep(0, "done")) == "done"
