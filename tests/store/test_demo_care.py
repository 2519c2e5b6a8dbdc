"""The marketer's desk of the demo shop: campaigns in every state, all of them whole, and people they may reach."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import psycopg
import pytest
from apscheduler.triggers.cron import CronTrigger

from crm_store.campaigns.campaign import CampaignState
from crm_store.crm import Crm
from crm_store.database import Store, open_store
from crm_store.demo.care import fill_demo_care
from crm_store.demo.desk import fill_demo_desk
from crm_store.demo.seed import fill_demo_shop
from crm_store.people.consent import Purpose
from crm_store.plans.checking import problems
from crm_store.plans.problem import ChannelLimits
from tests.conftest import migrate
from tests.store.asking import one, rows

NOW = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)
LIMITS = {
    "telegram": ChannelLimits(4096, 8, 60),
    "webchat": ChannelLimits(4096, 8, 60),
    "email": ChannelLimits(100_000, 0, 0, "link", needs_subject=True),
}


@pytest.fixture(scope="module")
async def care_shop(postgres: str, worker_id: str) -> AsyncIterator[Store]:
    """The demo shop with both desks in a database of its own; only to be read."""
    name = f"careloop_test_care_{worker_id}"
    with psycopg.connect(postgres.format("postgres"), autocommit=True) as connection:
        connection.execute(f'drop database if exists "{name}" with (force)')
        connection.execute(f'create database "{name}"')
    url = postgres.format(name).replace("postgresql://", "postgresql+psycopg://")
    migrate(url)
    opened = open_store(url, pool=2)
    await fill_demo_shop(opened, date(2026, 11, 21), lambda _: None)
    await fill_demo_desk(opened, NOW, lambda _: None)
    await fill_demo_care(opened, NOW, lambda _: None)
    yield opened
    await opened.close()


@pytest.fixture
async def desk(care_shop: Store) -> AsyncIterator[Crm]:
    async with care_shop.transaction() as crm:
        yield crm


def cron(expression: str, after: datetime, zone: str) -> datetime | None:
    found: datetime | None = CronTrigger.from_crontab(expression, ZoneInfo(zone)).get_next_fire_time(None, after)
    return found


async def test_it_is_filled_once(care_shop: Store) -> None:
    said: list[str] = []
    await fill_demo_care(care_shop, NOW, said.append)
    assert said == []


async def test_there_is_a_campaign_in_every_state_and_each_says_how_it_came_there(desk: Crm) -> None:
    campaigns = await desk.campaigns.all()
    assert {campaign.state for campaign in campaigns} == set(CampaignState)
    for campaign in campaigns:
        events = await desk.campaigns.events(campaign.id)
        assert [event.at for event in events] == sorted(event.at for event in events)
        assert events[0].kind == "made"
        assert all(event.at <= NOW for event in events)


async def test_every_campaign_that_could_go_out_is_whole(desk: Crm) -> None:
    for campaign in await desk.campaigns.all():
        plan = await desk.campaigns.plan(campaign.id)
        known = await desk.campaign_checks.known(plan, NOW, cron)
        found = problems(plan, Purpose(campaign.purpose), LIMITS, known)
        over = campaign.state == CampaignState.DONE
        assert [one.code for one in found if not (over and one.code == "past")] == [], campaign.name


async def test_nothing_of_its_past_goes_out_when_the_shop_opens(desk: Crm) -> None:
    for campaign in await desk.campaigns.with_state(CampaignState.RUNNING, CampaignState.SCHEDULED):
        assert campaign.next_at is not None
        assert campaign.next_at >= NOW
    assert await rows(desk, "select from touches where state = 'waiting'") == []


async def test_who_approved_was_somebody_else(desk: Crm) -> None:
    for campaign in await desk.campaigns.all():
        approvers = {event.staff_id for event in await desk.campaigns.events(campaign.id) if event.kind == "approve"}
        assert campaign.made_by not in approvers


async def test_every_segment_has_members_and_a_count(desk: Crm) -> None:
    for listed in await desk.segments.all():
        [newest, *_] = await desk.segments.versions(listed.segment.id)
        assert newest.members, listed.segment.name


async def test_most_members_can_be_written_to_and_some_have_rules_of_their_own(desk: Crm) -> None:
    assert await one(desk, "select count(*) from channel_identities where channel = 'email'") > 1500
    assert await one(desk, "select count(*) from preferences") > 200
    assert await one(desk, "select count(*) from occasions where off") > 20
    assert await one(desk, "select count(distinct household_id) from customers") > 20
    soon = [(NOW + timedelta(days=ahead)).strftime("%-m-%-d") for ahead in range(15)]
    near = "select count(*) from occasions where kind = 'child_birthday' and month || '-' || day = any(:soon)"
    assert await one(desk, near, soon=soon) >= 8


async def test_a_campaign_that_is_over_left_its_results(desk: Crm) -> None:
    found = dict(await rows(desk, "select state, count(*) from touches group by state"))
    assert set(found) == {"sent", "holdout", "suppressed"}
    assert found["sent"] > 5 * found["holdout"] > 0
    forbidden = """
        select from touches t left join consent_entries e on e.id = t.consent_id
         where t.state = 'sent' and (e.id is null or not e.granted or e.at > t.sent_at)
    """
    assert await rows(desk, forbidden) == [], "nobody was sent a promotion they had not allowed"


async def test_every_campaign_has_a_name_of_its_own(care_shop: Store) -> None:
    async with care_shop.transaction() as crm:
        names = [campaign.name for campaign in await crm.campaigns.all()]
    assert len(names) == len(set(names))
