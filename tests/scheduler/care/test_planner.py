import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from crm_store.campaigns.campaign import Campaign, CampaignState
from crm_store.database import Store
from crm_store.decision.message import Cap
from crm_store.decision.policy_text import DEFAULTS
from crm_store.people.consent import Who
from crm_store.people.preferences import Told
from crm_store.planning.occurrences import Occurrence, PlanPage
from crm_store.planning.touches import DecisionTrace, Touch
from crm_store.plans.plan import Anniversary, OnEvent, Plan
from crm_store.standings.pages import PAGE
from crm_store.touchpoints.care_events import CareEvent
from scheduler.care.planner import Planner
from tests.store.planning.shop import NOON, SOON, Shop


async def test_everybody_of_the_audience_gets_a_touch_with_the_decision_and_what_it_rests_on(
    members: Shop, planner: Planner
) -> None:
    ada, ben = await members.member("email", "telegram"), await members.member(allows=())
    cleo = await members.member(birth_date=date(2014, 5, 5))
    occurrence = await members.occurrence(await members.campaign())
    assert await planner.plan(occurrence) == 1
    touches = await members.touches(occurrence)
    told = {who: (touch.state, touch.outcome, touch.reason) for who, touch in touches.items()}
    assert told == {
        ada: ("waiting", "send", "allowed"),
        ben: ("suppressed", "suppress", "no_consent"),
        cleo: ("suppressed", "suppress", "customer_blocked"),
    }
    touch = touches[ada]
    assert (touch.channel, touch.lane, touch.due_at, touch.decided_at) == ("telegram", "telegram:main", NOON, NOON)
    assert (touch.consent_id, touch.policy_version, touch.outbox_id) == (1, 0, None)
    assert touch.identity_id is not None
    async with members.store.transaction() as crm:
        assert touch.trace_id is not None
        assert {"gate": "no_consent", "passed": True} in await crm.touches.steps(touch.trace_id)
        assert await crm.occurrences.counts(occurrence) == {
            "send:allowed": 1,
            "suppress:no_consent": 1,
            "suppress:customer_blocked": 1,
        }
        assert (await crm.session.get_one(Occurrence, occurrence)).state == "planned"


async def test_what_changed_since_the_last_plan_is_read_before_this_one(members: Shop, planner: Planner) -> None:
    ada = await members.member()
    first, second = [await members.occurrence(await members.campaign()) for _ in range(2)]
    await planner.plan(first)
    await members.stops(ada)
    await planner.plan(second)
    assert (await members.touches(second))[ada].reason == "address_suppressed"


async def test_a_page_planned_twice_changes_nothing(members: Shop, planner: Planner) -> None:
    ada = await members.member()
    occurrence = await members.occurrence(await members.campaign())
    await planner.plan(occurrence)
    assert await planner.plan(occurrence) == 0
    async with members.store.transaction() as crm:
        await crm.session.execute(update(PlanPage).values(planned_at=None))
        await crm.session.execute(update(Occurrence).values(state="planning"))
        await crm.session.execute(update(Touch).values(state="sent", sent_at=NOON))
    assert await planner.plan(occurrence) == 1
    assert (await members.touches(occurrence))[ada].state == "sent"


async def test_a_plan_broken_off_goes_on_at_the_next_page(members: Shop, planner: Planner) -> None:
    everybody = [await members.member(id=1 + page * PAGE) for page in range(4)]
    occurrence = await members.occurrence(await members.campaign())

    class Stumbling(Planner):
        async def newcomers(self, crm, deciding, page, now):  # type: ignore[no-untyped-def]
            found = await super().newcomers(crm, deciding, page, now)
            if page == 2:
                raise RuntimeError("killed after the page was written and before it was kept")
            return found

    with pytest.raises(RuntimeError):
        await Stumbling(members.store, lambda: NOON).plan(occurrence)
    before = await members.touches(occurrence)
    assert everybody[2] not in before
    assert await planner.plan(occurrence) == 4 - len(before)
    assert sorted(await members.touches(occurrence)) == everybody


async def test_two_planners_share_the_pages_of_one_occurrence(members: Shop, planner: Planner, other: Store) -> None:
    everybody = [await members.member(id=1 + page * PAGE) for page in range(8)]
    occurrence = await members.occurrence(await members.campaign())
    there = Planner(other, lambda: NOON)
    done = await asyncio.gather(planner.plan(occurrence), there.plan(occurrence, 1))
    assert sum(done) == 8
    assert sorted(await members.touches(occurrence)) == everybody


async def test_of_two_campaigns_planned_at_once_one_sees_what_the_other_reserves(
    members: Shop, planner: Planner, other: Store
) -> None:
    await members.rules(replace(DEFAULTS, version=1, gap=timedelta(0), overall=(Cap(1, timedelta(days=7)),)))
    who = [await members.member() for _ in range(20)]
    one, two = [await members.occurrence(await members.campaign(), hours=72) for _ in range(2)]
    await asyncio.gather(planner.plan(one), Planner(other, lambda: NOON).plan(two))
    first, second = await members.touches(one), await members.touches(two)
    for each in who:
        # The first to be planned saw nobody; whichever it was, the other one knows of it.
        assert {"allowed"} <= {first[each].reason, second[each].reason}
    assert all(touch.reason == "allowed" for touch in first.values())
    later = [touch for touch in second.values() if touch.reason == "expired_waiting"]
    assert all(touch.displaced_by == one for touch in later)


async def test_who_comes_later_and_ranks_higher_takes_the_slot_and_the_other_one_stays_until_it_is_due(
    members: Shop, planner: Planner
) -> None:
    await members.rules(replace(DEFAULTS, version=1, gap=timedelta(0), overall=(Cap(1, timedelta(days=7)),)))
    ada = await members.member(allows=("promotion", "care"))
    promotion = await members.occurrence(await members.campaign())
    care = await members.occurrence(await members.campaign(purpose="care"))
    await planner.plan(promotion)
    await planner.plan(care)
    assert (await members.touches(care))[ada].reason == "allowed"
    assert (await members.touches(promotion))[ada].state == "waiting"
    late = await members.occurrence(await members.campaign())
    await planner.plan(late)
    touch = (await members.touches(late))[ada]
    assert (touch.reason, touch.displaced_by) == ("expired_waiting", care)


async def test_equal_people_share_one_trace_across_pages(members: Shop, planner: Planner) -> None:
    for n in range(6):
        await members.member(id=1 + n * PAGE, birth_date=date(1980 + n, 1, 1))
    occurrence = await members.occurrence(await members.campaign())
    await planner.plan(occurrence)
    async with members.store.transaction() as crm:
        assert await crm.session.scalar(select(func.count()).select_from(DecisionTrace)) == 1


async def test_the_control_group_is_recorded_and_gets_nothing(members: Shop, planner: Planner) -> None:
    for _ in range(60):
        await members.member()
    occurrence = await members.occurrence(await members.campaign(SOON.model_copy(update={"holdout_percent": 50})))
    await planner.plan(occurrence)
    states = [touch.state for touch in (await members.touches(occurrence)).values()]
    assert set(states) == {"waiting", "holdout"}
    assert 15 < states.count("holdout") < 45


async def test_a_household_gets_it_once_also_across_pages(members: Shop, planner: Planner) -> None:
    ada = await members.member(id=5, household_id=7, allows=())
    ben = await members.member(id=3 * PAGE, household_id=7)
    cleo = await members.member(id=3 * PAGE + 1, household_id=7)
    dora = await members.member(id=4 * PAGE, household_id=7)
    plan = SOON.model_copy(update={"once_per_household": True})
    occurrence = await members.occurrence(await members.campaign(plan))
    await planner.plan(occurrence)
    told = {who: touch.reason for who, touch in (await members.touches(occurrence)).items()}
    assert told == {ada: "no_consent", ben: "allowed", cleo: "duplicate", dora: "duplicate"}


async def test_a_birthday_is_planned_for_whose_it_is_at_their_own_hour(members: Shop, planner: Planner) -> None:
    ada = await members.member(birth_date=date(1990, 11, 24), allows=("care",), time_zone="Asia/Tokyo")
    await members.member(birth_date=date(1990, 11, 25), allows=("care",))
    plan = Plan(channels=("telegram",), trigger=Anniversary(of="birthday", at_clock="10:00"), occasion="birthday")
    occurrence = await members.occurrence(await members.campaign(plan, "care"), hours=48, day="2026-11-24")
    await planner.plan(occurrence)
    touches = await members.touches(occurrence)
    assert list(touches) == [ada]
    assert touches[ada].due_at == datetime(2026, 11, 24, 1, tzinfo=UTC)


async def test_events_are_planned_on_the_pages_they_fall_on_alone(members: Shop, planner: Planner) -> None:
    ada = await members.member(id=5 * PAGE, allows=("care",))
    await members.member(id=9 * PAGE)
    async with members.store.transaction() as crm:
        crm.session.add(CareEvent(kind="purchase", customer_id=ada, key="1", at=NOON, detail={}))
    plan = Plan(channels=("telegram",), trigger=OnEvent(of="purchase"))
    occurrence = await members.occurrence(await members.campaign(plan, "care"), first_event=1, last_event=1)
    assert await planner.plan(occurrence) == 1
    touches = await members.touches(occurrence)
    assert {who: touch.event_id for who, touch in touches.items()} == {ada: 1}


async def test_a_campaign_cancelled_while_it_is_planned_is_planned_no_further(members: Shop, planner: Planner) -> None:
    for page in range(3):
        await members.member(id=1 + page * PAGE)
    campaign = await members.campaign()
    occurrence = await members.occurrence(campaign)
    async with members.store.transaction() as crm:
        await crm.occurrences.begin(occurrence)
        await crm.session.execute(update(Campaign).values(state=CampaignState.CANCELLED))
    assert await planner.plan(occurrence) == 0
    assert await members.touches(occurrence) == {}


async def test_a_paused_campaign_is_planned_as_if_it_ran(members: Shop, planner: Planner) -> None:
    ada = await members.member()
    occurrence = await members.occurrence(await members.campaign(state=CampaignState.PAUSED))
    await planner.plan(occurrence)
    assert (await members.touches(occurrence))[ada].reason == "allowed"


async def test_so_many_a_year_is_counted_over_a_year(members: Shop, planner: Planner) -> None:
    ada, ben = await members.member(), await members.member()
    old = await members.occurrence(await members.campaign())
    async with members.store.transaction() as crm:
        told = Told("once a year", None, NOON)
        await crm.preferences.put(Who(1, ada), "at_most", {"count": 1, "per": "year"}, told)
    for who in (ada, ben):
        await members.reserve(old, who, NOON - timedelta(days=300), "sent")
    occurrence = await members.occurrence(await members.campaign())
    await planner.plan(occurrence)
    told_of = {who: touch.reason for who, touch in (await members.touches(occurrence)).items()}
    assert told_of == {ada: "expired_waiting", ben: "allowed"}


async def test_nobody_to_write_to_is_a_plan_too(members: Shop, planner: Planner) -> None:
    occurrence = await members.occurrence(await members.campaign())
    await planner.plan(occurrence)
    async with members.store.transaction() as crm:
        assert (await crm.session.get_one(Occurrence, occurrence)).state == "planned"
