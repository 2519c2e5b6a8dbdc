"""Who is told, who is next, and that nobody is told twice."""

import pytest
from sqlalchemy import text

from crm_store.cases.events import By
from crm_store.database import Store
from crm_store.promises.escalations import Cause, Need
from tests.promising import CLERK, SHOPPER, Shop, at


@pytest.fixture
async def shop(store: Store) -> Shop:
    shop = Shop(store)
    await shop.open()
    for name, role in [("hana", "handler"), ("hugo", "handler"), ("sara", "supervisor"), ("sven", "supervisor")]:
        await shop.hires(name, role)
    await shop.hires("ada", "admin")
    await shop.hires("gone", "supervisor", is_active=False)
    return shop


async def raised(shop: Shop, need: Need, clock: str = "09:00") -> list[int]:
    async with shop.store.transaction() as crm:
        return await crm.escalations.raise_for([need], at(23, clock))


async def climbed(shop: Shop, clock: str) -> int:
    async with shop.store.transaction() as crm:
        return len(await crm.escalations.climb(at(23, clock)))


async def test_the_same_thing_is_raised_once(shop: Shop) -> None:
    need = Need("x", Cause.SEVERE, await shop.case())
    assert len(await raised(shop, need)) == 1
    assert await raised(shop, need) == []
    assert await shop.told("sara") == ["severe"]


async def test_the_team_of_the_case_is_told_and_all_of_the_role_where_it_has_none(shop: Shop) -> None:
    team = await shop.team("sara", "hana")
    await raised(shop, Need("a", Cause.SEVERE, await shop.case(team_id=team)))
    assert (await shop.told("sara"), await shop.told("sven"), await shop.told("gone")) == (["severe"], [], [])
    handlers_only = await shop.team("hugo")
    await raised(shop, Need("b", Cause.REOPENED, await shop.case(team_id=handlers_only)))
    assert (await shop.told("sara"), await shop.told("sven")) == (["severe", "reopened"], ["reopened"])


async def test_a_handlers_case_is_its_assignees_matter(shop: Shop) -> None:
    await raised(shop, Need("a", Cause.WARNED, await shop.case(assignee_id=shop.staff["hugo"])))
    assert (await shop.told("hana"), await shop.told("hugo")) == ([], ["warned"])


async def test_it_climbs_level_by_level_each_told_once_and_ends_at_the_last(shop: Shop) -> None:
    """Acceptance check 7: Every level is notified once."""
    case = await shop.case()
    await raised(shop, Need("a", Cause.SEVERE, case))
    assert [await climbed(shop, clock) for clock in ("09:29", "09:30", "09:30", "12:00", "18:00")] == [0, 1, 0, 0, 0]
    assert await shop.raised(case) == [("severe", 2, True)]
    assert (await shop.told("sara"), await shop.told("ada")) == (["severe"], ["severe"])


async def test_after_a_time_away_a_level_has_its_time_from_when_it_was_told(shop: Shop) -> None:
    await raised(shop, Need("a", Cause.ASKED, await shop.case()))
    assert await climbed(shop, "17:00") == 1
    assert await climbed(shop, "17:01") == 0


async def test_what_is_acknowledged_or_over_climbs_no_more(shop: Shop) -> None:
    case = await shop.case()
    (first,) = await raised(shop, Need("a", Cause.SEVERE, case))
    await raised(shop, Need("b", Cause.MISSED, case))
    async with shop.store.transaction() as crm:
        assert await crm.escalations.acknowledge(first, shop.staff["sara"], at(23, "09:10"))
        assert not await crm.escalations.acknowledge(first, shop.staff["sven"], at(23, "09:11"))
        await crm.escalations.close_of(case, at(23, "09:12"))
    assert await climbed(shop, "18:00") == 0
    assert await shop.raised(case) == [("severe", 1, False), ("missed", 1, False)]


@pytest.mark.parametrize("pressed", [0, 1])
async def test_a_case_and_its_conversation_are_acknowledged_in_one(shop: Shop, pressed: int) -> None:
    case, other = await shop.case(), await shop.case()
    await raised(shop, Need("other", Cause.SEVERE, other))
    both = await raised(shop, Need("case", Cause.SEVERE, case))
    both += await raised(shop, Need("talk", Cause.SEVERE, conversation_id=await shop.talk_of(case)))
    await raised(shop, Need("missed", Cause.MISSED, case))
    async with shop.store.transaction() as crm:
        assert await crm.escalations.acknowledge(both[pressed], shop.staff["sara"], at(23, "09:10"))
        assert not await crm.escalations.acknowledge(both[1 - pressed], shop.staff["sven"], at(23, "09:11"))
    open_still = await shop.rows("select key from escalations where acknowledged_at is null order by id")
    assert [row[0] for row in open_still] == ["other", "missed"]


async def test_who_is_told_of_a_severe_case_is_not_told_of_its_conversation_again(shop: Shop) -> None:
    case = await shop.case()
    talk = await shop.talk_of(case)
    (first,) = await raised(shop, Need("case", Cause.SEVERE, case))
    await raised(shop, Need("talk", Cause.SEVERE, conversation_id=talk))
    await raised(shop, Need("asked", Cause.ASKED, conversation_id=talk))
    assert await shop.told("sara") == ["severe"]
    assert await climbed(shop, "09:30") == 3
    assert (await shop.told("sara"), await shop.told("ada")) == (["severe", "asked"], ["severe"])
    async with shop.store.transaction() as crm:
        await crm.escalations.acknowledge(first, shop.staff["sara"], at(23, "09:31"))
    await raised(shop, Need("again", Cause.SEVERE, conversation_id=talk), "09:40")
    assert await shop.told("sara") == ["severe", "asked", "severe"]


async def test_a_conversation_without_a_case_can_need_somebody_too(shop: Shop) -> None:
    talk = await shop.talk_of(await shop.case())
    await raised(shop, Need("a", Cause.ASKED, conversation_id=talk))
    assert await shop.told("hana") == ["asked"]
    async with shop.store.transaction() as crm:
        await crm.escalations.close_of_conversation(talk, at(23, "09:05"))
    assert await climbed(shop, "18:00") == 0


async def test_a_cause_without_a_step_calls_nobody(shop: Shop) -> None:
    async with shop.store.transaction() as crm:
        await crm.session.execute(text("delete from escalation_steps where cause = 'angry'"))
    assert await raised(shop, Need("a", Cause.ANGRY, await shop.case())) == []


async def test_notices_are_unread_until_read_and_only_ones_own(shop: Shop) -> None:
    case = await shop.case()
    await raised(shop, Need("a", Cause.SEVERE, case))
    await raised(shop, Need("b", Cause.REOPENED, case))
    sara = shop.staff["sara"]
    async with shop.store.transaction() as crm:
        newest, _ = await crm.notices.unread(sara)
        assert (newest.kind, newest.complaint_id, newest.values["number"]) == ("reopened", case, "C1")
        await crm.notices.mark_read(sara, at(23, "10:00"), [newest.id])
        assert await crm.notices.count_unread(sara) == 1
        await crm.notices.mark_read(shop.staff["sven"], at(23, "10:00"))
        assert await crm.notices.count_unread(sara) == 1
        assert [notice.kind for notice in await crm.notices.latest(sara)] == ["reopened", "severe"]


async def unread(shop: Shop, name: str) -> list[str]:
    async with shop.store.reading() as crm:
        return sorted(notice.kind for notice in await crm.notices.unread(shop.staff[name]))


async def test_a_notice_settles_when_what_it_is_about_is_acknowledged_or_over(shop: Shop) -> None:
    case = await shop.case()
    (severe,) = await raised(shop, Need("a", Cause.SEVERE, case))
    await raised(shop, Need("b", Cause.REOPENED, case))
    await raised(shop, Need("c", Cause.MISSED, case))
    async with shop.store.transaction() as crm:
        await crm.escalations.acknowledge(severe, shop.staff["sven"], at(23, "09:10"))
        await crm.escalations.close_keys(["c"], at(23, "09:10"))
    assert (await unread(shop, "sara"), await unread(shop, "sven")) == (["reopened"], ["reopened"])
    async with shop.store.transaction() as crm:
        await crm.handling.close(case, CLERK, at(23, "09:20"))
    assert await unread(shop, "sara") == []


async def test_a_notice_settles_when_the_conversation_is_taken(shop: Shop) -> None:
    talk = await shop.talk_of(await shop.case())
    await raised(shop, Need("a", Cause.ASKED, conversation_id=talk))
    async with shop.store.transaction() as crm:
        await crm.escalations.close_of_conversation(talk, at(23, "09:05"))
    assert await unread(shop, "hana") == []


async def test_who_takes_a_case_spares_the_other_handlers_and_no_leader(shop: Shop) -> None:
    case = await shop.case()
    await raised(shop, Need("a", Cause.WARNED, case))
    await raised(shop, Need("b", Cause.SEVERE, case))
    async with shop.store.transaction() as crm:
        await crm.handling.assign(case, shop.staff["hugo"], By("staff", shop.staff["hugo"]), at(23, "09:05"))
    assert [await unread(shop, name) for name in ("hana", "hugo", "sara")] == [[], ["warned"], ["severe"]]


async def test_who_is_given_a_case_or_has_one_reopened_is_told_unless_by_themselves(shop: Shop) -> None:
    case, hana, hugo = await shop.case(), By("staff", shop.staff["hana"]), shop.staff["hugo"]
    for to, minute in ((hana.staff_id, "01"), (hugo, "02"), (hana.staff_id, "03"), (hugo, "04")):
        async with shop.store.transaction() as crm:
            await crm.handling.assign(case, to, hana, at(23, f"09:{minute}"))
    assert (await shop.told("hana"), await shop.told("hugo")) == ([], ["case_assigned"] * 2)
    assert await unread(shop, "hugo") == ["case_assigned"]
    async with shop.store.transaction() as crm:
        await crm.handling.close(case, hana, at(23, "09:20"))
        assert await crm.notices.unread(hugo) == []
        await crm.handling.reopen(case, SHOPPER, at(23, "09:30"), "follow_up")
        (reopened,) = await crm.notices.unread(hugo)
        assert (reopened.kind, reopened.values) == ("case_reopened", {"number": "C1", "times": 1})
