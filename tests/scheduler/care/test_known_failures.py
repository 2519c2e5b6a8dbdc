"""How other systems lost and repeated messages: each of these happened to somebody, and is named after their report."""

import asyncio
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import func, select

from bot.channels.base import Rendered, Result, SendResult
from crm_store.campaigns.campaigns import By
from crm_store.database import Store
from crm_store.standings.pages import hold_pages
from crm_store.talks.outbox import Attempt, OutboxMessage
from scheduler.care.planner import Planner
from tests.scheduler.care.house import HELLO, Doorway, House


class Breaking(Doorway):
    """Takes so many messages, and then none until it is mended."""

    def __init__(self, takes: int) -> None:
        super().__init__()
        self.takes = takes

    async def send(self, rendered: Rendered) -> SendResult:
        if len(self.sent) >= self.takes:
            self.opened.clear()
        return await super().send(rendered)


async def move(house: House, campaign: int, how: str) -> None:
    async with house.store.transaction() as crm:
        await getattr(crm.campaigns, how)(campaign, By(None, house.now()))


async def without_caps(house: House) -> None:
    """Everybody may be written to as often as there are campaigns."""
    async with house.store.transaction() as crm:
        rules = {"overall": [], "by_purpose": {}, "gap_hours": 0}
        await crm.contact_policies.change(rules, By(None, house.now()))


async def test_listmonk_3022_a_restart_in_the_middle_leaves_nobody_out_and_nobody_twice(house: House) -> None:
    """Called finished, with most people never mailed: the place in the list had moved on before they were sent to."""
    house.telegram = Breaking(takes=70)
    everybody = await house.crowd(200)
    await house.planned()
    async with house.sending():
        await house.inside(48)
        house.telegram.release_soon()
    for opened in (90, 130, 1000):
        house.telegram.takes = opened
        async with house.sending():
            await house.holds(partial(_reached, house, min(opened, len(everybody))))
            house.telegram.release_soon()
    async with house.sending():
        await house.until("sent", len(everybody))
    assert set(house.telegram.got.values()) == {1}


async def test_listmonk_2070_resuming_sends_to_nobody_again(house: House) -> None:
    """Paused and resumed twenty times; the place was reset to the highest number sent, not to what all before were."""
    await house.crowd(150)
    occurrence = await house.planned()
    campaign = await house.campaign_of(occurrence)
    async with house.sending():
        for _ in range(20):
            await move(house, campaign, "pause")
            await asyncio.sleep(0.02)
            await move(house, campaign, "resume")
            await asyncio.sleep(0.02)
        await house.until("sent", 150)
    assert set(house.telegram.got.values()) == {1}
    assert len(house.telegram.got) == 150


async def test_listmonk_1801_what_was_due_while_the_house_was_down_is_not_sent_after_its_end(house: House) -> None:
    """The server was down at eight, and the campaign went out at one. Its copy: see test_copied_database."""
    await house.crowd(5)
    await house.planned(hours=4)
    house.later(hours=5)
    async with house.sending():
        await house.until("suppressed", 5)
    assert not house.telegram.sent


async def test_listmonk_2921_no_window_is_shared_by_campaigns_and_each_slides(house: House) -> None:
    """A fixed window, one for all campaigns, slept at the wrong times. The rate itself: see test_lane_rates."""
    await house.crowd(20)
    slow, quick = [await house.planned(purpose="service") for _ in range(2)]
    async with house.store.transaction() as crm:
        await crm.campaigns.set_rate(await house.campaign_of(slow), By(None, house.now()), 0.5)
    async with house.sending():
        await house.holds(lambda: _all_sent(house, quick, 20))
        assert (await house.states(slow)).get("sent", 0) <= 3


async def test_listmonk_905_a_dozen_campaigns_at_once_all_finish(house: House) -> None:
    """Of ten that ran side by side, one or two came to their end."""
    await without_caps(house)
    await house.crowd(15)
    for _ in range(12):
        await house.planned()
    async with house.sending():
        await house.until("sent", 12 * 15)
    assert set(house.telegram.got.values()) == {12}


async def test_parcelvoy_533_those_who_have_to_wait_hold_up_nobody_behind_them(house: House) -> None:
    """A list stood still at a third of its length for fourteen hours."""
    waits, goes = await house.crowd(300), await house.crowd(20)
    occurrence = await house.planned()
    async with house.store.transaction() as crm:
        touches = await house.shop.touches(occurrence)
        for customer_id in waits:
            touches[customer_id].due_at = house.now() + timedelta(hours=3)
            await crm.session.merge(touches[customer_id])
    async with house.sending():
        await house.until("sent", len(goes))
    assert await house.states() == {"sent": len(goes), "waiting": len(waits)}


async def test_parcelvoy_627_a_signal_that_was_lost_costs_a_moment_and_no_restart(house: House) -> None:
    """A scheduled send did not start for three hours on an idle server."""
    async with house.sending():
        await asyncio.sleep(0.3)
        await house.crowd(3)
        occurrence = await house.shop.occurrence(await house.shop.campaign(HELLO))
        for customer_id in (1, 2, 3):
            await house.shop.reserve(occurrence, customer_id, house.now())
        await house.until("sent", 3, within=5)


async def test_parcelvoy_583_sending_goes_on_while_audiences_are_worked_out(house: House) -> None:
    """One queue for both: while lists were counted, nothing was sent."""
    await house.crowd(10)
    await house.planned()
    async with house.store.transaction() as crm:
        await hold_pages(crm.session, 0, 0)
        async with house.sending():
            await house.until("sent", 10)


async def test_parcelvoy_257_what_has_to_wait_is_in_the_queue_once(house: House) -> None:
    """Throttled jobs were put in again and again, until the queue was full of copies."""
    await house.crowd(40)
    flood = SendResult(Result.RETRY_AT, retry_after=30, whole_account=True)
    await house.planned()
    async with house.sending():
        for _ in range(3):
            house.telegram.answer_next(flood)
            house.later(seconds=31)
            await asyncio.sleep(1.2)
        house.later(seconds=31)
        await house.until("sent", 40)
    tried = await house.read(select(func.count()).select_from(Attempt))
    assert tried == await house.read(select(func.count()).select_from(OutboxMessage))
    assert 40 <= (tried or 0) <= 40 + 3 * 48
    assert set(house.telegram.got.values()) == {1}


async def test_chatwoot_12821_a_campaign_that_is_already_running_is_not_begun_again(house: House) -> None:
    """A job every five minutes picked it up anew: it came two and three times."""
    await house.crowd(30)
    occurrence = await house.planned()
    async with house.sending():
        for _ in range(5):
            await Planner(house.store, house.now).plan(occurrence)
        await house.until("sent", 30)
        await Planner(house.store, house.now).plan(occurrence)
    assert set(house.telegram.got.values()) == {1}


async def test_mautic_9880_two_that_send_at_the_same_moment_do_not_send_the_same(house: House, other: Store) -> None:
    """The same e-mail twice, three seconds apart: two cron jobs in parallel."""
    await house.crowd(100)
    await house.planned()
    async with house.sending(), house.sending(house.dispatcher(other)), house.sending(house.dispatcher(other)):
        await house.until("sent", 100)
    assert set(house.telegram.got.values()) == {1}


async def test_mautic_7226_one_that_is_refused_spoils_no_batch(house: House) -> None:
    """One rejected address broke the batch off before the others were marked: they got it again, and again."""
    await house.crowd(50)
    house.telegram.answer_next(*[SendResult(Result.ACCEPTED)] * 10, SendResult(Result.REJECTED))
    await house.planned()
    async with house.sending():
        await house.until("sent", 49)
    async with house.sending():
        house.later(hours=1)
        await asyncio.sleep(0.3)
    assert await house.states() == {"sent": 49, "failed": 1}
    assert set(house.telegram.got.values()) == {1}


async def test_mautic_7226_a_channel_that_raises_instead_of_answering_spoils_no_batch_either(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody = await house.crowd(50)
    real = house.telegram.send

    async def send(rendered: Rendered) -> SendResult:
        if rendered.payload["address"].endswith("-7"):
            raise ValueError("a fault of the channel")
        return await real(rendered)

    monkeypatch.setattr(house.telegram, "send", send)
    await house.planned()
    async with house.sending():
        await house.until("sent", len(everybody) - 1)
        await house.until("unknown", 1)


async def test_mautic_8802_a_message_for_certain_weekdays_is_sent_on_one_of_them_and_on_no_other_after_it(
    house: House,
) -> None:
    """Sent again for days."""
    await house.crowd(5)
    await house.planned(hours=24 * 6)
    async with house.sending():
        await house.until("sent", 5)
        for _ in range(5):
            house.later(days=1)
            await asyncio.sleep(0.05)
    assert set(house.telegram.got.values()) == {1}


async def test_novu_1633_a_step_that_cannot_be_repeated_is_not_repeated(house: House) -> None:
    """A digest was sent several times by the retry of a step that had worked."""
    await house.crowd(4)
    house.telegram.answer_next(SendResult(Result.UNKNOWN), SendResult(Result.UNKNOWN))
    await house.planned()
    async with house.sending():
        await house.until("unknown", 2)
        house.later(hours=2)
    async with house.sending():
        await house.until("sent", 2)
    assert await house.states() == {"sent": 2, "unknown": 2}


async def test_apscheduler_160_four_workers_send_one_letter_not_four(house: House, other: Store) -> None:
    """Four web processes, each with the scheduler in it, sent every e-mail four times."""
    await house.shop.member("email")
    await house.planned()
    four = [house.sending(house.dispatcher(store)) for store in (house.store, other, house.store, other)]
    async with four[0], four[1], four[2], four[3]:
        await house.until("sent", 1)
        await asyncio.sleep(0.2)
    assert len(house.email.sent) == 1


async def _reached(house: House, count: int) -> bool:
    return len(house.telegram.sent) >= count


async def _all_sent(house: House, occurrence: int, count: int) -> bool:
    return (await house.states(occurrence)).get("sent") == count
