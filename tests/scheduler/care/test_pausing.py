"""Paused, resumed, paced anew and restarted, again and again: everybody gets it, once."""

import asyncio
from itertools import cycle

from crm_store.campaigns.campaigns import By
from tests.scheduler.care.house import House

PACES = (40.0, None, 90.0)
"""Messages a second; None is as fast as the lane."""


async def paused_and_resumed(house: House, campaign: int, pace: float | None) -> None:
    async with house.store.transaction() as crm:
        await crm.campaigns.pause(campaign, By(None, house.now()))
    await asyncio.sleep(0.01)
    async with house.store.transaction() as crm:
        await crm.campaigns.set_rate(campaign, By(None, house.now()), pace)
        await crm.campaigns.resume(campaign, By(None, house.now()))
    await asyncio.sleep(0.01)


async def test_paused_fifty_times_paced_anew_and_restarted_everybody_gets_it_once(house: House) -> None:
    everybody = await house.crowd(300)
    campaign = await house.campaign_of(await house.planned())
    paces = cycle(PACES)
    for _ in range(5):
        async with house.sending():
            for _ in range(10):
                await paused_and_resumed(house, campaign, next(paces))
    async with house.store.transaction() as crm:
        await crm.campaigns.set_rate(campaign, By(None, house.now()), None)
    house.later(minutes=10)  # whom a pause met while they were decided about is asked about again after a while
    async with house.sending():
        await house.until("sent", len(everybody))
    assert len(house.telegram.got) == len(everybody)
    assert set(house.telegram.got.values()) == {1}
