"""Promises as stored: derived anew with every event, each step written once, versions kept."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from crm_store.cases.events import Happened
from crm_store.database import Store
from crm_store.promises.calendar_form import CalendarRefused
from crm_store.promises.calendars import CalendarForm
from crm_store.promises.choice import ClockKind
from crm_store.promises.clocks import Clock
from crm_store.promises.defaults import ensure_promises
from crm_store.promises.policies import PolicyForm, PolicyRefused
from tests.promising import CLERK, OPENING, Shop, at

SPANS = {str(day): [["09:00", "13:00"], ["14:00", "18:00"]] for day in range(6)}


@pytest.fixture
async def shop(store: Store) -> Shop:
    shop = Shop(store)
    await shop.open()
    return shop


async def clocks(shop: Shop, complaint_id: int) -> dict[str, Clock]:
    async with shop.store.reading() as crm:
        return {f"{clock.kind}:{clock.ordinal}": clock for clock in await crm.clocks.of(complaint_id)}


async def test_a_case_has_its_clocks_and_its_nearest_due_moment_from_the_opening(shop: Shop) -> None:
    case = await shop.case()
    found = await clocks(shop, case)
    assert {name: clock.due_at for name, clock in found.items()} == {
        "first_answer:1": at(23, "13:00"),
        "resolution:1": at(27, "18:00"),
    }
    assert await shop.rows("select next_due_at from complaints") == [(at(23, "13:00"),)]


async def test_severity_and_tier_shorten_a_promise_and_nobody_waits_longer_for_it(shop: Shop) -> None:
    severe, gold = await shop.case(severity="high"), await shop.case(tier="gold")
    assert (await clocks(shop, severe))["first_answer:1"].due_at == at(23, "10:00")
    assert (await clocks(shop, gold))["first_answer:1"].due_at == at(23, "11:00")
    async with shop.store.transaction() as crm:
        await crm.policies.save(PolicyForm("valued", 20, {"tier": ["gold"]}, "desk", 900, 900, 9000), OPENING)
    slow = await shop.case(tier="gold")
    assert (await clocks(shop, slow))["first_answer:1"].due_at == at(23, "13:00")


async def test_every_step_is_written_once_at_its_own_moment_however_late_it_is_noticed(shop: Shop) -> None:
    case = await shop.case()
    for now in (at(23, "20:00"), at(23, "20:00"), at(24, "09:00")):
        async with shop.store.transaction() as crm:
            await crm.clocks.refresh([case], now)
    assert await shop.steps(case) == [(ClockKind.FIRST_ANSWER, step) for step in ("warned", "alarmed", "missed")]
    (missed,) = await shop.rows("select at from complaint_events where detail ->> 'step' = 'missed'")
    assert missed[0] == at(23, "13:00")
    assert await shop.rows("select next_due_at from complaints") == [(at(23, "13:00"),)]


async def test_only_the_gravest_step_calls_somebody_and_an_answer_ends_the_call(shop: Shop) -> None:
    case = await shop.case()
    for now in (at(23, "12:00"), at(23, "12:36"), at(23, "13:00")):
        async with shop.store.transaction() as crm:
            await crm.clocks.refresh([case], now)
    assert await shop.raised(case) == [("warned", 1, False), ("alarmed", 1, False), ("missed", 1, True)]
    await shop.happens(case, Happened.ANSWERED, at(23, "15:00"))
    assert await shop.raised(case) == [("warned", 1, False), ("alarmed", 1, False), ("missed", 1, False)]
    answered = (await clocks(shop, case))["first_answer:1"]
    assert (answered.missed_at, answered.met_at) == (at(23, "13:00"), at(23, "15:00"))


async def test_a_miss_that_was_answered_before_anybody_noticed_calls_nobody(shop: Shop) -> None:
    case = await shop.case()
    await shop.happens(case, Happened.ANSWERED, at(23, "15:00"))
    assert await shop.raised(case) == []
    assert len(await shop.steps(case)) == 3


async def test_a_change_of_policy_and_calendar_leaves_running_clocks_until_they_are_retargeted(shop: Shop) -> None:
    case = await shop.case()
    async with shop.store.transaction() as crm:
        await crm.policies.save(PolicyForm("everyone", 100, {}, "desk", 60, 60, 600), at(23, "09:30"))
        await crm.calendars.save(
            CalendarForm("desk", "Asia/Singapore", {"0": [["09:00", "11:00"]]}, []), at(23, "9:30")
        )
        await crm.clocks.refresh([case], at(23, "09:30"))
    before = (await clocks(shop, case))["first_answer:1"]
    assert (before.due_at, before.target) == (at(23, "13:00"), 14_400)
    async with shop.store.transaction() as crm:
        first, _ = await crm.clocks.retargeting(case, at(23, "09:40"))
        await crm.clocks.retarget([case], CLERK, at(23, "09:40"))
    after = (await clocks(shop, case))["first_answer:1"]
    assert first.after is not None
    assert after.due_at == first.after.due == at(23, "10:40")
    assert [hold["target"] for hold in after.holds] == [14_400, 3600]


async def test_a_raised_severity_targets_the_running_clocks_and_calls_a_supervisor(shop: Shop) -> None:
    case = await shop.case()
    async with shop.store.transaction() as crm:
        await crm.session.execute(text("update complaints set severity = 'high'"))
    await shop.happens(case, Happened.TARGETED, at(23, "10:00"), severity="high")
    assert (await clocks(shop, case))["first_answer:1"].due_at == at(23, "11:00")
    assert await shop.raised(case) == [("severe", 1, True)]


async def test_the_second_reopening_calls_a_supervisor_and_the_first_does_not(shop: Shop) -> None:
    case = await shop.case()
    await shop.happens(case, Happened.ANSWERED, at(23, "10:00"))
    for day in (24, 25):
        await shop.happens(case, Happened.STATE, at(day, "09:00"), to="done")
        await shop.happens(case, Happened.REOPENED, at(day, "10:00"))
        await shop.happens(case, Happened.ANSWERED, at(day, "10:30"))
        assert await shop.raised(case) == ([] if day == 24 else [("reopened", 1, True)])
    found = await clocks(shop, case)
    expected = ["first_answer:1", "next_answer:1", "next_answer:2", "resolution:1", "resolution:2", "resolution:3"]
    assert sorted(found) == expected


async def test_an_answer_told_late_takes_back_a_miss_that_never_was(shop: Shop) -> None:
    """Settled just before the due moment, committed just after the clock was looked at."""
    case = await shop.case()
    async with shop.store.transaction() as crm:
        await crm.clocks.refresh([case], at(23, "13:00"))
    await shop.happens(case, Happened.ANSWERED, at(23, "13:00") - timedelta(seconds=1))
    clock = (await clocks(shop, case))["first_answer:1"]
    assert (clock.missed_at, clock.met_at) == (None, at(23, "13:00") - timedelta(seconds=1))
    assert await shop.raised(case) == [("missed", 1, False)]


async def test_somebody_whose_time_is_a_moment_behind_ends_no_promise(shop: Shop) -> None:
    """One turn opens a case and, with the time at which it began, says that the shopper waits."""
    case = await shop.case(severity="high")
    async with shop.store.transaction() as crm:
        await crm.clocks.refresh([case], OPENING - timedelta(milliseconds=20))
    assert {name: clock.ended_at for name, clock in (await clocks(shop, case)).items()} == {
        "first_answer:1": None,
        "resolution:1": None,
    }
    async with shop.store.transaction() as crm:
        assert await crm.clocks.due_now(at(23, "10:00"), 10) == [case]


async def test_many_cases_are_refreshed_together(shop: Shop) -> None:
    cases = [await shop.case() for _ in range(5)]
    async with shop.store.transaction() as crm:
        assert await crm.clocks.due_now(at(23, "11:59"), 10) == []
        assert sorted(await crm.clocks.due_now(at(23, "12:00"), 10)) == cases
        await crm.clocks.refresh(cases, at(23, "12:00"))
        assert await crm.clocks.due_now(at(23, "12:00"), 10) == []
    assert await shop.rows("select count(*) from complaint_events where kind = 'clock'") == [(5,)]


async def test_a_due_time_explains_itself_from_what_is_stored(shop: Shop) -> None:
    case = await shop.case()
    async with shop.store.reading() as crm:
        first, resolution = await crm.clocks.explain(case, at(23, "10:00"))
        desk = await crm.calendars.current("desk")
    assert desk is not None
    assert (first.due, first.counted, first.waited) == (at(23, "13:00"), 14_400, 3600)
    assert (resolution.terms.policy, resolution.terms.calendar.version) == ("everyone", 1)
    async with shop.store.reading() as crm:
        differences = await crm.clocks.with_calendar(case, desk, at(23, "10:00"))
    assert all(each.before == each.after for each in differences)


async def test_a_calendar_and_a_policy_get_a_version_for_every_change_and_none_without(shop: Shop) -> None:
    form = CalendarForm("desk", "Asia/Singapore", SPANS, [{"day": "2026-12-25", "name": "Christmas"}])
    async with shop.store.transaction() as crm:
        assert [(await crm.calendars.save(form, OPENING)).version for _ in range(2)] == [2, 2]
        policy = PolicyForm("everyone", 100, {}, "desk", 100, None, None)
        assert [(await crm.policies.save(policy, OPENING)).version for _ in range(2)] == [2, 2]
        assert [row.version for row in await crm.policies.versions("everyone")] == [2, 1]
        assert sum(row.name == "everyone" for row in await crm.policies.current()) == 1


async def test_what_cannot_be_kept_is_refused_and_the_field_named(shop: Shop) -> None:
    async with shop.store.transaction() as crm:
        with pytest.raises(CalendarRefused, match="spans"):
            await crm.calendars.save(CalendarForm("desk", "UTC", {}, []), OPENING)
        with pytest.raises(PolicyRefused, match=r"conditions\.colour"):
            await crm.policies.save(PolicyForm("p", 1, {"colour": ["red"]}, "desk", 1, 1, 1), OPENING)
        with pytest.raises(PolicyRefused, match="first_answer"):
            await crm.policies.save(PolicyForm("p", 1, {}, "desk", 0, 1, 1), OPENING)
        with pytest.raises(PolicyRefused, match="calendar"):
            await crm.policies.save(PolicyForm("p", 1, {}, "nowhere", 1, 1, 1), OPENING)
        with pytest.raises(PolicyRefused, match="floor"):
            await crm.policies.retire("everyone")


async def test_every_start_makes_what_is_missing_and_leaves_what_the_shop_has_set(shop: Shop) -> None:
    async with shop.store.transaction() as crm:
        await crm.policies.retire("valued")
        await crm.session.execute(text("delete from escalation_steps where cause = 'angry'"))
        await ensure_promises(crm, OPENING, "Asia/Singapore")
        assert [row.name for row in await crm.policies.current()] == ["severe", "everyone"]
    assert await shop.rows("select count(*) from escalation_steps where cause = 'angry'") == [(0,)]
    assert await shop.rows("select count(*) from calendar_versions") == [(1,)]
