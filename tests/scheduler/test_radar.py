import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from crm_store.cases.complaints import Complaint
from crm_store.cases.events import ComplaintEvent
from crm_store.database import Store
from crm_store.incidents.incidents import Incident
from crm_store.staff.notices import StaffNotice
from scheduler.radar import Radar
from tests.mending import NOW, MendingShop


@pytest.fixture
async def shop(store: Store) -> MendingShop:
    return await MendingShop(store).open()


async def look(shop: MendingShop, at: datetime = NOW) -> None:
    await Radar(shop.store, lambda: at).look()


async def rows[T](shop: MendingShop, table: type[T]) -> list[T]:
    async with shop.store.transaction() as crm:
        return list((await crm.session.scalars(select(table).order_by("id"))).all())


async def test_three_shoppers_with_one_product_become_an_incident_and_the_leaders_hear_of_it(
    shop: MendingShop,
) -> None:
    supervisor, _ = await shop.staff("supervisor"), await shop.staff("handler")
    cases = [await shop.case(product_sku="KT-1") for _ in range(3)]
    await look(shop)
    (found,) = await rows(shop, Incident)
    assert (found.shares, found.value, found.holds_promotions) == ("product", "KT-1", True)
    assert {case.incident_id for case in await rows(shop, Complaint)} == {found.id}
    assert [(each.complaint_id, each.detail["step"]) for each in await rows(shop, ComplaintEvent)] == [
        (case.id, "joined") for case in cases
    ]
    (notice,) = await rows(shop, StaffNotice)
    assert (notice.staff_id, notice.kind, notice.values["value"]) == (supervisor.staff_id, "incident", "KT-1")


async def test_one_shopper_with_three_complaints_is_none(shop: MendingShop) -> None:
    first = await shop.case(product_sku="KT-1")
    async with shop.store.transaction() as crm:
        for number in range(2):
            crm.session.add(
                Complaint(
                    number=f"X{number}",
                    customer_id=first.customer_id,
                    category="damaged",
                    what_happened="!",
                    language="en",
                    product_sku="KT-1",
                    opened_at=NOW,
                    changed_at=NOW,
                )
            )
    await look(shop)
    assert await rows(shop, Incident) == []


async def test_a_new_complaint_joins_and_a_closed_or_merged_one_does_not(shop: MendingShop) -> None:
    first = [await shop.case(product_sku="KT-1") for _ in range(3)]
    await look(shop)
    late = await shop.case(product_sku="KT-1", opened_at=NOW + timedelta(hours=5))
    closed = await shop.case(product_sku="KT-1", closed_at=NOW)
    merged = await shop.case(product_sku="KT-1", merged_into=first[0].id)
    await look(shop, NOW + timedelta(hours=5))
    joined = {case.id: case.incident_id is not None for case in await rows(shop, Complaint)}
    assert (joined[late.id], joined[closed.id], joined[merged.id]) == (True, False, False)
    assert len(await rows(shop, Incident)) == 1


async def test_what_staff_have_taken_out_is_left_out(shop: MendingShop) -> None:
    staff = await shop.staff()
    cases = [await shop.case(product_sku="KT-1") for _ in range(3)]
    await look(shop)
    async with shop.store.transaction() as crm:
        await crm.incidents.leave(cases[0].id, staff, NOW)
    await look(shop)
    async with shop.store.transaction() as crm:
        assert (await crm.session.get_one(Complaint, cases[0].id)).incident_id is None


async def test_after_it_is_closed_the_same_cause_may_come_back(shop: MendingShop) -> None:
    staff = await shop.staff()
    for _ in range(3):
        await shop.case(product_sku="KT-1")
    await look(shop)
    async with shop.store.transaction() as crm:
        await crm.incidents.close((await crm.incidents.open_ones(staff))[0].incident.id, staff, NOW)
    await look(shop)
    assert len(await rows(shop, Incident)) == 1
    for _ in range(3):
        await shop.case(product_sku="KT-1")
    await look(shop)
    assert [incident.closed_at is None for incident in await rows(shop, Incident)] == [False, True]


async def test_two_schedulers_at_once_open_one_incident_and_each_case_joins_once(shop: MendingShop) -> None:
    await shop.staff("supervisor")
    for _ in range(4):
        await shop.case(product_sku="KT-1", store_code="ORCH")
    await asyncio.gather(*(look(shop) for _ in range(4)))
    assert len(await rows(shop, Incident)) == 1
    assert len(await rows(shop, ComplaintEvent)) == 4
    assert len(await rows(shop, StaffNotice)) == 1
