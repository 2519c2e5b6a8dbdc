"""Over all campaigns: how often people were written to, and why others were not."""

from datetime import timedelta

import pytest

from crm_store.cases.events import By, Event, Happened
from crm_store.crm import Crm
from crm_store.database import Store
from crm_store.promises.defaults import ensure_promises
from tests.store.desk_shop import DeskShop
from tests.store.results.past import DAY, HOUR, Past

WEEK = timedelta(days=7)


@pytest.fixture
def past(store: Store) -> Past:
    return Past(store)


async def test_the_most_that_anybody_got_in_any_week_is_told(past: Past) -> None:
    calm, busy = await past.member(), await past.member()
    for days in (0, 7, 14):
        _, one = await past.fired()
        await past.touch(one, calm, sent_at=past.then + days * DAY)
    for hours in (0, 30, 60):
        _, one = await past.fired(purpose="care")
        await past.touch(one, busy, sent_at=past.then + hours * HOUR)
    async with past.store.reading() as crm:
        ask = (past.then - DAY, past.now + 30 * DAY)
        assert await crm.reach.how_often(*ask, ["promotion", "care", "survey"], WEEK) == {1: 1, 3: 1}
        assert await crm.reach.how_often(*ask, ["promotion"], WEEK) == {1: 1}


async def test_reasons_are_counted_and_who_gave_way_to_whom(past: Past) -> None:
    first, winner = await past.fired()
    second, firing = await past.fired()
    one, two = await past.member(), await past.member()
    await past.touch(firing, one, "suppressed", reason="cap_overall", displaced_by=winner)
    await past.touch(firing, two, "waiting", reason="gap", displaced_by=winner)
    await past.touch(winner, two, "suppressed", reason="no_consent")
    async with past.store.reading() as crm:
        ask = (past.then - DAY, past.now)
        [gave] = await crm.reach.displaced(*ask)
        reasons = {(row.state, row.reason): row.touches for row in await crm.reach.reasons(*ask)}
    assert (gave.campaign_id, gave.winner_id, gave.touches, gave.waiting, gave.lost) == (second, first, 2, 1, 1)
    assert reasons == {("suppressed", "cap_overall"): 1, ("suppressed", "no_consent"): 1}


async def opened(crm: Crm, past: Past) -> int:
    await ensure_promises(crm, past.then, "Asia/Singapore")
    case = await DeskShop(crm).case("Grace Lim", opened_at=past.then)
    crm.complaint_events.add(case.complaint_id, Event(Happened.OPENED, By("shopper")), past.then)
    await crm.session.flush()
    await crm.clocks.refresh([case.complaint_id], past.now)
    return case.customer_id


async def test_who_is_held_by_a_complaint_is_told_with_when_it_is_promised_to_end(past: Past) -> None:
    campaign, firing = await past.fired()
    async with past.store.transaction() as crm:
        complains = await opened(crm, past)
    settled = await past.member()
    for customer in (complains, settled):
        await past.touch(firing, customer, "suppressed", reason="open_case")
    async with past.store.reading() as crm:
        [held] = await crm.reach.held_by_cases(past.then - DAY, past.now)
    assert (held.campaign_id, held.people, held.still) == (campaign, 2, 1)
    assert held.first_due is not None
    assert held.first_due > past.then
    assert held.last_due == held.first_due


async def test_noes_stand_with_the_campaign_they_came_after(past: Past) -> None:
    campaign, firing = await past.fired()
    quiet, other = await past.fired()
    customer, happy = await past.member(), await past.member()
    await past.touch(firing, customer)
    await past.touch(other, happy)
    await past.says(customer, False, past.then + DAY)
    async with past.store.reading() as crm:
        found = {row.campaign_id: (row.sent, row.refused) for row in await crm.reach.opt_outs(past.then, past.now)}
    assert found == {campaign: (1, 1), quiet: (1, 0)}
