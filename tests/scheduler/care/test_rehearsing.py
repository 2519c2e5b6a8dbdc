import asyncio
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from crm_store.cases.complaints import Complaint
from crm_store.decision.message import Cap
from crm_store.decision.policy_text import DEFAULTS
from crm_store.people.consent import Purpose
from crm_store.planning.touches import Touch
from crm_store.plans.plan import Anniversary, Once, OnEvent, Plan, Repeating
from crm_store.rehearsals.packing import packed, unpacked
from crm_store.standings.pages import PAGE
from crm_store.touchpoints.care_events import CareEvent
from scheduler.care.planner import Planner
from scheduler.care.rehearsing import NothingFires, Rehearsals, Wanted
from tests.store.planning.shop import NOON, SOON, Shop

DAILY = SOON.model_copy(update={"trigger": Repeating(cron="0 12 * * *")})


@pytest.fixture
def rehearsals(members: Shop) -> Rehearsals:
    return Rehearsals(members.store, "Asia/Singapore", lambda: NOON)


async def test_a_rehearsal_finds_what_planning_would_and_writes_nothing(
    members: Shop, rehearsals: Rehearsals, planner: Planner
) -> None:
    for page in range(3):
        await members.member("telegram", "email", id=1 + page * PAGE)
        await members.member("email", allows=(), id=2 + page * PAGE)
        await members.member("email", birth_date=date(2015, 1, 1), id=3 + page * PAGE)
    told: list[tuple[int, int]] = []
    firing, found = await rehearsals.of(
        Wanted(DAILY, Purpose.PROMOTION, NOON), lambda done, pages: told.append((done, pages))
    )
    occurrence = await members.occurrence(await members.campaign(DAILY), due_at=firing.due_at)
    async with members.store.transaction() as crm:
        assert await crm.session.scalar(select(func.count()).select_from(Touch)) == 0
    await planner.plan(occurrence)
    async with members.store.transaction() as crm:
        assert found.counts == await crm.occurrences.counts(occurrence)
    assert found.examples["suppress:no_consent"] == [2, 2 + PAGE, 2 + 2 * PAGE]
    assert (found.audience, found.goes, found.lanes) == (9, 3, {"telegram:main": 3})
    assert found.minutes({"telegram:main": 0.5}) == {"telegram:main": 0.1}
    assert found.hours == {12: 3}
    assert told == [(1, 3), (2, 3), (3, 3)]


async def test_people_are_counted_by_the_hour_on_their_own_clock(members: Shop, rehearsals: Rehearsals) -> None:
    await members.member(time_zone="Europe/Berlin")
    await members.member()
    plan = SOON.model_copy(update={"trigger": Once(at=datetime(2026, 12, 24, 10, tzinfo=UTC).replace(tzinfo=None))})
    firing, found = await rehearsals.of(Wanted(plan, Purpose.PROMOTION, NOON))
    assert firing.day == "2026-12-24"
    assert found.hours == {10: 2}


async def test_two_sets_of_rules_are_compared_in_one_go(members: Shop, rehearsals: Rehearsals) -> None:
    ada, ben = await members.member(), await members.member()
    for days in (1, 3):
        await members.reserve(
            await members.occurrence(await members.campaign()), ada, NOON - timedelta(days=days), "sent"
        )
    two = replace(DEFAULTS, gap=timedelta(0), by_purpose={Purpose.PROMOTION: (Cap(2, timedelta(days=7)),)})
    three = replace(two, by_purpose={Purpose.PROMOTION: (Cap(3, timedelta(days=7)),)})
    _, found = await rehearsals.of(Wanted(DAILY, Purpose.PROMOTION, NOON, two, three))
    assert (found.goes, found.gained, found.other_counts.total()) == (1, 1, 2)
    move = "suppress:expired_waiting>send:allowed"
    assert (found.moves, found.behind[f"move:{move}"]) == ({move: 1}, [ada])
    assert found.examples["suppress:expired_waiting"] == [ada]
    assert found.examples["send:allowed"] == [ben]


async def test_it_says_whose_slots_it_would_want(members: Shop, rehearsals: Rehearsals) -> None:
    ada = await members.member(allows=("promotion", "care"))
    care = await members.occurrence(await members.campaign(purpose="care"))
    await members.reserve(care, ada, NOON + timedelta(hours=2))
    _, found = await rehearsals.of(Wanted(DAILY, Purpose.PROMOTION, NOON))
    assert found.collisions == {care: 1}
    assert found.behind[f"waits_for:{care}"] == [ada]


async def test_it_says_whom_it_puts_off(members: Shop, rehearsals: Rehearsals) -> None:
    ada = await members.member(allows=("promotion", "care"))
    promotion = await members.occurrence(await members.campaign())
    await members.reserve(promotion, ada, NOON + timedelta(hours=2))
    _, found = await rehearsals.of(Wanted(DAILY, Purpose.CARE, NOON))
    assert (found.put_off, found.collisions, found.goes) == ({promotion: 1}, {}, 1)
    assert found.behind[f"puts_off:{promotion}"] == [ada]


async def test_what_a_firing_has_reserved_itself_is_not_in_its_way(members: Shop, rehearsals: Rehearsals) -> None:
    ada = await members.member()
    campaign = await members.campaign(DAILY)
    firing, _ = await rehearsals.of(Wanted(DAILY, Purpose.PROMOTION, NOON, campaign_id=campaign))
    mine = await members.occurrence(campaign, key=firing.key, due_at=firing.due_at)
    await members.reserve(mine, ada, NOON + timedelta(hours=1))
    _, found = await rehearsals.of(Wanted(DAILY, Purpose.PROMOTION, NOON, campaign_id=campaign))
    assert found.counts == {"send:allowed": 1}


async def test_everybody_who_goes_later_is_shown_with_their_day_and_a_lane_with_its_end(
    members: Shop, rehearsals: Rehearsals
) -> None:
    ada = await members.member(time_zone="Asia/Tokyo")
    night = NOON + timedelta(hours=10)
    plan = SOON.model_copy(update={"trigger": Repeating(cron="0 22 * * *")})
    _, found = await rehearsals.of(Wanted(plan, Purpose.PROMOTION, night))
    example = found.people[ada]
    assert found.counts == {"defer:hours": 1}
    assert example.day is not None
    assert (example.day.zone, example.day.open, example.day.guessed) == ("Asia/Tokyo", ((540, 1260),), False)
    assert (found.days, found.hours) == ({"2026-11-24": 1}, {9: 1})
    assert found.over("telegram:main", 0.5) == datetime(2026, 11, 24, 0, 0, 2, tzinfo=UTC)
    assert found.over("email:main", 1) is None


async def test_what_was_found_is_the_same_after_it_was_kept(members: Shop, rehearsals: Rehearsals) -> None:
    await members.member(time_zone="Asia/Tokyo")
    await members.member(allows=())
    ben = await members.member()
    await members.reserve(await members.occurrence(await members.campaign()), ben, NOON + timedelta(hours=12))
    two = replace(DEFAULTS, gap=timedelta(0))
    plan = SOON.model_copy(update={"trigger": Repeating(cron="0 22 * * *")})
    _, found = await rehearsals.of(Wanted(plan, Purpose.PROMOTION, NOON + timedelta(hours=10), None, two))
    assert unpacked(json.loads(json.dumps(packed(found)))) == found


async def test_a_stop_that_ends_before_then_does_not_count_then_and_still_counts_now(
    members: Shop, rehearsals: Rehearsals
) -> None:
    ada = await members.member()
    async with members.store.transaction() as crm:
        crm.session.add(
            Complaint(
                number="C1",
                customer_id=ada,
                category="delivery",
                what_happened="late",
                language="en",
                state="closed",
                opened_at=NOON,
                changed_at=NOON,
                closed_at=NOON,
            )
        )
    _, then = await rehearsals.of(Wanted(DAILY, Purpose.PROMOTION, NOON + timedelta(days=3)))
    _, now = await rehearsals.of(Wanted(DAILY, Purpose.PROMOTION, NOON))
    assert (then.counts, now.counts) == ({"send:allowed": 1}, {"suppress:open_case": 1})


async def test_a_birthday_and_events_are_rehearsed_for_whom_they_concern(members: Shop, rehearsals: Rehearsals) -> None:
    ada = await members.member(birth_date=date(1990, 12, 24), allows=("care",))
    await members.member(allows=("care",))
    birthday = Plan(channels=("telegram",), trigger=Anniversary(of="birthday"))
    firing, found = await rehearsals.of(Wanted(birthday, Purpose.CARE, datetime(2026, 12, 23, 8, tzinfo=UTC)))
    assert (firing.day, found.audience, found.goes) == ("2026-12-24", 1, 1)
    purchase = Plan(channels=("telegram",), trigger=OnEvent(of="purchase"))
    with pytest.raises(NothingFires):
        await rehearsals.of(Wanted(purchase, Purpose.CARE, NOON))
    async with members.store.transaction() as crm:
        crm.session.add(CareEvent(kind="purchase", customer_id=ada, key="1", at=NOON, detail={}))
    _, found = await rehearsals.of(Wanted(purchase, Purpose.CARE, NOON))
    assert found.examples == {"send:allowed": [ada]}


async def test_what_never_fires_again_cannot_be_rehearsed(rehearsals: Rehearsals) -> None:
    past = SOON.model_copy(update={"trigger": Once(at=datetime(2020, 1, 1, 10, tzinfo=UTC).replace(tzinfo=None))})
    with pytest.raises(NothingFires):
        await rehearsals.of(Wanted(past, Purpose.PROMOTION, NOON))


async def test_a_rehearsal_can_be_broken_off(members: Shop, rehearsals: Rehearsals) -> None:
    for page in range(5):
        await members.member(id=1 + page * PAGE)
    begun = asyncio.Event()

    async def progress(done: int, pages: int) -> None:
        begun.set()
        await asyncio.Event().wait()

    running = asyncio.create_task(rehearsals.of(Wanted(DAILY, Purpose.PROMOTION, NOON), progress))
    await begun.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
