"""Care events fire in ranges: each event in one of them, none lost, none too early, each with an end."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from crm_store.campaigns.campaigns import By, Campaign, NewCampaign
from crm_store.crm import Crm
from crm_store.database import Store
from crm_store.people.consent import Purpose
from crm_store.plans.plan import OnEvent, Plan
from crm_store.plans.triggers import Firing
from tests.store.campaigns.people import customer, event, marketers

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
AFTER_THREE_DAYS = Plan(trigger=OnEvent(of="purchase", hours=72), expires_after=24)
AT_ONCE = Plan(trigger=OnEvent(of="purchase"), expires_after=24)


@pytest.fixture
async def crm(store: Store) -> AsyncIterator[Crm]:
    async with store.transaction() as crm:
        yield crm


async def made(crm: Crm, plan: Plan) -> Campaign:
    return await crm.campaigns.make(NewCampaign("After a purchase", Purpose.CARE, plan), By(None, NOW))


async def taken(crm: Crm, campaign: Campaign, plan: Plan, now: datetime = NOW) -> list[Firing]:
    """What one look takes, as the clock does it."""
    found: list[Firing] = []
    while firing := await crm.campaigns.event_firing(campaign, plan, now):
        assert firing.last_event is not None
        await crm.campaigns.await_next(campaign.id, now, firing.last_event)
        found.append(firing)
    return found


async def test_events_ripen_and_are_taken_once(crm: Crm) -> None:
    campaign, buyer = await made(crm, AFTER_THREE_DAYS), await customer(crm)
    first = await event(crm, "purchase", buyer, NOW - 75 * HOUR)
    second = await event(crm, "purchase", buyer, NOW - 73 * HOUR)
    await event(crm, "purchase", buyer, NOW - 71 * HOUR)
    await event(crm, "joined", buyer, NOW - 75 * HOUR)
    [firing] = await taken(crm, campaign, AFTER_THREE_DAYS)
    assert (firing.first_event, firing.last_event) == (first, second)
    assert firing.expires_at == NOW - 75 * HOUR + 72 * HOUR + 24 * HOUR
    assert await taken(crm, campaign, AFTER_THREE_DAYS) == []
    assert len(await taken(crm, campaign, AFTER_THREE_DAYS, NOW + 2 * HOUR)) == 1


async def test_what_was_missed_while_nobody_looked_keeps_its_own_end(crm: Crm) -> None:
    """listmonk #1801: a note about a purchase of last week does not go out because the server is back."""
    campaign, buyer = await made(crm, AT_ONCE), await customer(crm)
    await event(crm, "purchase", buyer, NOW - 100 * HOUR)
    await event(crm, "purchase", buyer, NOW - 99 * HOUR)
    await event(crm, "purchase", buyer, NOW - HOUR)
    old, fresh = await taken(crm, campaign, AT_ONCE)
    assert old.expires_at < NOW < fresh.expires_at
    assert old.key != fresh.key


async def test_what_is_all_too_old_is_told_so_in_one_firing(crm: Crm) -> None:
    """Records of years that are found at once make one occurrence, in which everybody has the reason: too late."""
    campaign, buyer = await made(crm, AT_ONCE), await customer(crm)
    numbers = [await event(crm, "purchase", buyer, NOW - days * 24 * HOUR) for days in (900, 30, 400, 2)]
    [firing] = await taken(crm, campaign, AT_ONCE)
    assert (firing.first_event, firing.last_event) == (numbers[0], numbers[-1])
    assert firing.expires_at < NOW


async def test_what_happened_before_it_was_scheduled_is_no_reason_to_write(crm: Crm) -> None:
    mei, tom = await marketers(crm, NOW)
    campaign, buyer = await made(crm, AT_ONCE), await customer(crm)
    await crm.campaigns.submit(campaign.id, mei)
    await crm.campaigns.approve(campaign.id, tom)
    await crm.campaigns.schedule(campaign.id, mei, NOW)
    await event(crm, "purchase", buyer, NOW - HOUR)
    assert await taken(crm, campaign, AT_ONCE) == []
    fresh = await event(crm, "purchase", buyer, NOW + HOUR)
    [firing] = await taken(crm, campaign, AT_ONCE, NOW + 2 * HOUR)
    assert (firing.first_event, firing.last_event) == (fresh, fresh)


async def test_two_who_look_at_once_take_one_firing(crm: Crm) -> None:
    campaign = await made(crm, AT_ONCE)
    await event(crm, "purchase", await customer(crm), NOW)
    keys = {(await crm.campaigns.event_firing(campaign, AT_ONCE, NOW + n * HOUR)).key for n in (0, 1)}  # type: ignore[union-attr]
    assert len(keys) == 1


async def test_an_event_that_becomes_visible_after_a_later_one_is_not_lost(store: Store) -> None:
    """listmonk #3022, #2278: progress by cursor loses people."""
    async with store.transaction() as crm:
        campaign, buyer = await made(crm, AT_ONCE), await customer(crm)
    slow = store.transaction()
    late = await slow.__aenter__()
    first = await event(late, "purchase", buyer, NOW)
    async with store.transaction() as crm:
        second = await event(crm, "purchase", buyer, NOW + timedelta(seconds=1))

    async def look() -> list[Firing]:
        async with store.transaction() as crm:
            return await taken(crm, campaign, AT_ONCE, NOW + HOUR)

    looking = asyncio.create_task(look())
    await asyncio.sleep(0)
    await slow.__aexit__(None, None, None)
    found = await looking or await look()
    assert [(firing.first_event, firing.last_event) for firing in found] == [(first, second)]


async def test_other_triggers_have_no_event_firings(crm: Crm) -> None:
    assert await crm.campaigns.event_firing(await made(crm, Plan()), Plan(), NOW) is None
