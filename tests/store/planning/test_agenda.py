"""The agenda: what went out on which of the shop's days, and the campaigns that will fire."""

from datetime import UTC, date, datetime, timedelta

import pytest

from crm_store.campaigns.campaign import CampaignState
from crm_store.database import Store
from crm_store.plans.plan import Plan
from tests.store.results.past import Past

ZONE = "Asia/Singapore"
SPAN = (datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC))


@pytest.fixture
def past(store: Store) -> Past:
    return Past(store)


async def test_a_firing_stands_on_the_day_it_is_about(past: Past) -> None:
    campaign = await past.campaign()
    early = datetime(2026, 11, 9, 9, 0, tzinfo=UTC)
    firing = await past.occurrence(campaign, day="2026-11-10", due_at=early)
    night = await past.occurrence(campaign, due_at=datetime(2026, 11, 12, 18, 0, tzinfo=UTC))
    await past.touch(firing, await past.member())
    await past.touch(night, await past.member(), "waiting")
    async with past.store.reading() as crm:
        gone = await crm.agenda.gone(date(2026, 11, 1), date(2026, 11, 30), SPAN, ZONE)
        assert await crm.agenda.gone(date(2026, 11, 14), date(2026, 11, 30), SPAN, ZONE) == []
    assert [(each.day, each.sent, each.ahead) for each in gone] == [
        (date(2026, 11, 10), 1, 0),
        (date(2026, 11, 13), 0, 1),
    ]


async def test_many_firings_of_a_day_are_one_line(past: Past) -> None:
    campaign = await past.campaign()
    for minutes in (0, 1, 2):
        firing = await past.occurrence(campaign, due_at=past.now + timedelta(minutes=minutes))
        await past.touch(firing, await past.member())
    async with past.store.reading() as crm:
        [line] = await crm.agenda.gone(date(2026, 11, 1), date(2026, 11, 30), SPAN, ZONE)
    assert (line.firings, line.sent) == (3, 3)


async def test_what_may_fire_is_told_with_how_many_the_last_time_was_for(past: Past) -> None:
    campaign = await past.campaign(Plan(channels=("telegram",)))
    await past.campaign(state=CampaignState.DRAFT)
    firing = await past.occurrence(campaign, state="done")
    await past.touch(firing, await past.member())
    await past.touch(firing, await past.member(), "suppressed", reason="no_consent")
    async with past.store.reading() as crm:
        [ahead] = await crm.agenda.ahead()
    assert (ahead.campaign.id, ahead.last, ahead.members) == (campaign, 1, None)
