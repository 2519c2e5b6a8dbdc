"""What goes on for ever ends when it is told to, also when something breaks at that very moment."""

import asyncio

import pytest

from crm_store.stopping import heed_cancellation


async def _breaks_when_told_to_stop() -> None:
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        raise ValueError("broken just now") from None


async def _for_ever(rounds: list[int]) -> None:
    while True:
        rounds.append(len(rounds))
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(_breaks_when_told_to_stop())
        except* ValueError:
            pass
        heed_cancellation()


async def test_a_loop_whose_work_breaks_while_it_is_cancelled_ends() -> None:
    rounds: list[int] = []
    loop = asyncio.create_task(_for_ever(rounds))
    await asyncio.sleep(0.01)
    loop.cancel()
    with pytest.raises(asyncio.CancelledError):
        async with asyncio.timeout(5):
            await loop
    assert rounds == [0]


async def test_nobody_cancelled_goes_on() -> None:
    heed_cancellation()
