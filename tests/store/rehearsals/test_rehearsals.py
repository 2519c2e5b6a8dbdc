from datetime import timedelta

import pytest

from crm_store.cases.events import By
from crm_store.database import Store
from crm_store.rehearsals.rehearsals import KEPT, SILENT, CareRehearsal, Order, RehearsalState
from crm_store.staff.members import NewMember, Role
from tests.store.planning.shop import NOON, Shop


@pytest.fixture
async def staff_id(store: Store) -> int:
    async with store.transaction() as crm:
        return (await crm.staff.add(NewMember("ada@example.com", "Ada", Role.MARKETER, "none"), NOON)).id


async def begun(store: Store, staff_id: int, campaign_id: int | None = None, later: timedelta = timedelta()) -> int:
    async with store.transaction() as crm:
        return (await crm.care_rehearsals.begin(Order(staff_id, campaign_id, {}), NOON + later)).id


async def row(store: Store, rehearsal_id: int) -> CareRehearsal | None:
    async with store.reading() as crm:
        return await crm.care_rehearsals.get(rehearsal_id)


async def test_each_person_has_one_at_a_time_and_beginning_another_stops_the_first(store: Store, staff_id: int) -> None:
    first, second = await begun(store, staff_id), await begun(store, staff_id)
    assert [each.state for each in (await row(store, first), await row(store, second)) if each] == [
        RehearsalState.STOPPED,
        RehearsalState.RUNNING,
    ]


async def test_one_that_was_stopped_takes_no_progress_and_no_result(store: Store, staff_id: int) -> None:
    one = await begun(store, staff_id)
    async with store.transaction() as crm:
        assert await crm.care_rehearsals.tell(one, 1, 4, NOON)
        assert await crm.care_rehearsals.stop(one, NOON)
        assert not await crm.care_rehearsals.tell(one, 2, 4, NOON)
        assert not await crm.care_rehearsals.end(one, {}, NOON)
        assert not await crm.care_rehearsals.fail(one, "broken", NOON)
        assert not await crm.care_rehearsals.stop(one, NOON)
    kept = await row(store, one)
    assert kept is not None
    assert (kept.state, kept.done, kept.found) == (RehearsalState.STOPPED, 1, None)


async def test_a_result_is_kept_for_a_week(store: Store, staff_id: int) -> None:
    shop = Shop(store)
    campaign = await shop.campaign()
    old = await begun(store, staff_id, campaign)
    async with store.transaction() as crm:
        await crm.care_rehearsals.end(old, {"goes": 1}, NOON)
    newer = await begun(store, staff_id, campaign, timedelta(days=1))
    async with store.reading() as crm:
        assert [each.id for each in await crm.care_rehearsals.latest(campaign)] == [newer, old]
        assert await crm.care_rehearsals.latest(None) == []
    newest = await begun(store, staff_id, campaign, KEPT + timedelta(hours=1))
    async with store.reading() as crm:
        assert [each.id for each in await crm.care_rehearsals.latest(campaign)] == [newest, newer]


async def test_one_nobody_hears_of_any_more_is_lost(store: Store, staff_id: int) -> None:
    kept = await row(store, await begun(store, staff_id))
    assert kept is not None
    assert not kept.is_lost(NOON + SILENT)
    assert kept.is_lost(NOON + SILENT + timedelta(seconds=1))


async def test_somebody_who_was_erased_meanwhile_is_named_no_more(store: Store) -> None:
    shop = Shop(store)
    ada, ben = await shop.member(name="Ada"), await shop.member(name="Ben")
    async with store.transaction() as crm:
        await crm.erasures.erase(ada, By("house"), "asked", NOON)
    async with store.reading() as crm:
        assert [each["name"] for each in await crm.care_rehearsals.people([ben, ada])] == ["Ben"]
