"""Campaigns: every move by whom and when, approved by somebody else, and back to draft by any change."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from crm_store.campaigns.campaigns import (
    By,
    CampaignChanged,
    CampaignMissing,
    CampaignNameTaken,
    CampaignState,
    NewCampaign,
    RateRefused,
)
from crm_store.campaigns.moves import MoveRefused, OwnApproval
from crm_store.crm import Crm
from crm_store.database import Store
from crm_store.people.consent import Purpose
from crm_store.plans.plan import OnEvent, Plan
from crm_store.staff.members import NewMember, Role
from tests.store.campaigns.people import customer, event, marketers

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
async def crm(store: Store) -> AsyncIterator[Crm]:
    async with store.transaction() as crm:
        yield crm


@pytest.fixture
async def pair(crm: Crm) -> tuple[By, By]:
    return await marketers(crm, NOW)


async def approved(crm: Crm, pair: tuple[By, By], plan: Plan = Plan()) -> int:  # noqa: B008 - it is frozen
    campaign = await crm.campaigns.make(NewCampaign("Spring", Purpose.CARE, plan), pair[0])
    await crm.campaigns.submit(campaign.id, pair[0])
    await crm.campaigns.approve(campaign.id, pair[1])
    return campaign.id


async def test_a_campaign_goes_from_draft_to_done_and_every_move_is_written_down(crm: Crm, pair: tuple[By, By]) -> None:
    number = await approved(crm, pair)
    await crm.campaigns.schedule(number, pair[0], NOW + HOUR)
    assert await crm.campaigns.due(NOW) == []
    [(campaign, plan)] = await crm.campaigns.due(NOW + HOUR)
    assert (campaign.id, plan) == (number, Plan())
    await crm.campaigns.begin(number, NOW + HOUR)
    await crm.campaigns.await_next(number, None)
    await crm.campaigns.pause(number, By(pair[1].staff_id, NOW + HOUR, "too many answers"))
    await crm.campaigns.resume(number, pair[1])
    await crm.campaigns.finish(number, NOW + 2 * HOUR)
    events = await crm.campaigns.events(number)
    kinds = ["made", "submit", "approve", "schedule", "begin", "pause", "resume", "finish"]
    assert [event.kind for event in events] == kinds
    assert events[5].detail == {"from": "running", "to": "paused", "why": "too many answers"}
    assert [event.staff_id for event in events[3:5]] == [pair[0].staff_id, None]


async def test_nobody_approves_what_they_made_or_last_changed(crm: Crm, pair: tuple[By, By]) -> None:
    campaign = await crm.campaigns.make(NewCampaign("Spring", Purpose.CARE), pair[0])
    await crm.campaigns.change(campaign.id, Plan(priority=3), pair[1])
    await crm.campaigns.submit(campaign.id, pair[0])
    for by in (*pair, By(None, NOW)):
        with pytest.raises(OwnApproval):
            await crm.campaigns.approve(campaign.id, by)
    third = await crm.staff.add(NewMember("ada@shop.example", "Ada", Role.SUPERVISOR, "!"), NOW)
    assert (await crm.campaigns.approve(campaign.id, By(third.id, NOW))).approved_version == 2


async def test_any_change_of_the_plan_asks_for_a_new_approval(crm: Crm, pair: tuple[By, By]) -> None:
    number = await approved(crm, pair)
    await crm.campaigns.schedule(number, pair[0], NOW)
    assert (await crm.campaigns.change(number, Plan(), pair[0])).state == CampaignState.SCHEDULED, "nothing changed"
    changed = await crm.campaigns.change(number, Plan(priority=1), pair[0], seen=1)
    assert (changed.state, changed.version, changed.approved_version, changed.next_at) == ("draft", 2, 1, None)
    assert (await crm.campaigns.plan(number)).priority == 1
    assert (await crm.campaigns.plan(number, 1)).priority == 5
    with pytest.raises(MoveRefused):
        await crm.campaigns.schedule(number, pair[0], NOW)


async def test_one_that_runs_is_paused_before_it_is_changed(crm: Crm, pair: tuple[By, By]) -> None:
    number = await approved(crm, pair)
    await crm.campaigns.schedule(number, pair[0], NOW)
    await crm.campaigns.begin(number, NOW)
    with pytest.raises(MoveRefused, match="pause"):
        await crm.campaigns.change(number, Plan(priority=1), pair[0])
    await crm.campaigns.pause(number, pair[0])
    assert (await crm.campaigns.change(number, Plan(priority=1), pair[0])).state == CampaignState.DRAFT


async def test_two_who_change_it_at_once_do_not_overwrite_each_other(crm: Crm, pair: tuple[By, By]) -> None:
    campaign = await crm.campaigns.make(NewCampaign("Spring", Purpose.CARE), pair[0])
    await crm.campaigns.change(campaign.id, Plan(priority=1), pair[0], seen=1)
    with pytest.raises(CampaignChanged):
        await crm.campaigns.change(campaign.id, Plan(priority=2), pair[1], seen=1)


async def test_a_name_is_given_once_and_never_empty(crm: Crm, pair: tuple[By, By]) -> None:
    spring = await crm.campaigns.make(NewCampaign(" Spring ", Purpose.CARE), pair[0])
    assert (await crm.campaigns.rename(spring.id, "Spring", pair[0])).name == "Spring"
    for name in ("Spring", "  "):
        with pytest.raises(CampaignNameTaken):
            await crm.campaigns.make(NewCampaign(name, Purpose.CARE), pair[0])


async def test_what_happened_before_an_event_campaign_was_scheduled_is_no_reason_to_write(
    crm: Crm, pair: tuple[By, By]
) -> None:
    last = await event(crm, "purchase", await customer(crm), NOW)
    number = await approved(crm, pair, Plan(trigger=OnEvent(of="purchase")))
    assert (await crm.campaigns.schedule(number, pair[0], NOW)).cursor == last


async def test_a_rate_is_above_zero_or_none(crm: Crm, pair: tuple[By, By]) -> None:
    campaign = await crm.campaigns.make(NewCampaign("Spring", Purpose.CARE), pair[0])
    for rate in (0.0, -1.0, float("nan"), float("inf")):
        with pytest.raises(RateRefused):
            await crm.campaigns.set_rate(campaign.id, pair[0], rate)
    assert (await crm.campaigns.set_rate(campaign.id, pair[0], 2.5)).rate == 2.5
    assert (await crm.campaigns.events(campaign.id))[-1].detail == {"from": None, "to": 2.5}


async def test_what_is_not_there_is_said_so(crm: Crm, pair: tuple[By, By]) -> None:
    with pytest.raises(CampaignMissing):
        await crm.campaigns.submit(404, pair[0])
    with pytest.raises(CampaignMissing):
        await crm.campaigns.plan(404)


async def test_listeners_hear_of_every_move(store: Store) -> None:
    async with store.transaction() as crm:
        campaign = await crm.campaigns.make(NewCampaign("Spring", Purpose.CARE), By(None, NOW))
        assert ("campaign", campaign.id) in crm.nudges
        await crm.campaigns.submit(campaign.id, By(None, NOW))
        assert ("care", 0) in crm.nudges


async def test_a_ready_made_one_is_a_draft_of_its_own_name(crm: Crm, pair: tuple[By, By]) -> None:
    first = await crm.campaigns.from_programme("birthday", None, pair[0])
    second = await crm.campaigns.from_programme("birthday", None, pair[0])
    chinese = await crm.campaigns.from_programme("birthday", None, pair[0], "zh")
    assert [first.name, second.name, chinese.name] == ["Birthday greeting", "Birthday greeting 2", "生日祝福"]
    assert (first.purpose, first.programme, first.state) == (Purpose.CARE, "birthday", "draft")
    plan = await crm.campaigns.plan(first.id)
    assert [content.language for content in plan.contents] == ["en", "zh"]
