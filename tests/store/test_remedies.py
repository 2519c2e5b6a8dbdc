import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from crm_store.cases.events import By, ComplaintEvent
from crm_store.database import Store
from crm_store.loyalty.coupons import Coupon
from crm_store.loyalty.order_requests import OrderRequest
from crm_store.loyalty.orders import Order
from crm_store.loyalty.points import PointsEntry
from crm_store.remedies.execution import Execution, RemedyNeedsMember
from crm_store.remedies.granting import RemedyAmountWrong, RemedyKind
from crm_store.remedies.limits import NewLimit
from crm_store.remedies.remedies import Proposal
from crm_store.remedies.remedy import Remedy, RemedyState
from crm_store.remedies.weighing import RemedyNotAllowed, RemedyNotOpen, RemedyUnknown
from crm_store.staff.audit import AuditEvent
from crm_store.staff.members import Team
from crm_store.staff.scope import Scope
from tests.mending import NOW, Case, MendingShop


@pytest.fixture
async def shop(store: Store) -> MendingShop:
    return await MendingShop(store).open()


async def proposed(shop: MendingShop, case: Case, staff: Scope, kind: RemedyKind, amount: int) -> Remedy:
    async with shop.store.transaction() as crm:
        return await crm.remedies.propose(Proposal(case.id, kind, amount, "it leaked"), staff, NOW)


async def count(shop: MendingShop, table: type) -> int:
    async with shop.store.transaction() as crm:
        return int(await crm.session.scalar(select(func.count()).select_from(table)) or 0)


async def test_points_within_the_limit_are_in_the_ledger_at_once_and_name_the_case(shop: MendingShop) -> None:
    case, handler = await shop.case(), await shop.staff()
    remedy = await proposed(shop, case, handler, RemedyKind.POINTS, 500)
    assert (remedy.state, remedy.cost, remedy.decided_by) == (RemedyState.ARRIVED, 500, handler.staff_id)
    async with shop.store.transaction() as crm:
        entry = (await crm.session.scalars(select(PointsEntry))).one()
        balance = await crm.points.balance(case.customer_id or 0, NOW.date())
        event = (await crm.session.scalars(select(ComplaintEvent))).one()
        deed = (await crm.session.scalars(select(AuditEvent))).one()
    assert (entry.delta, entry.remedy_id, case.number in entry.reason, balance.points) == (500, remedy.id, True, 500)
    assert event.detail == {"remedy": remedy.id, "kind": "points", "amount": 500, "state": "arrived"}
    assert (deed.staff_id, deed.action, deed.subject_id) == (handler.staff_id, "granted", str(remedy.id))


async def test_a_coupon_is_personal_and_usable_from_today(shop: MendingShop) -> None:
    case = await shop.case()
    remedy = await proposed(shop, case, await shop.staff(), RemedyKind.COUPON, 2000)
    async with shop.store.transaction() as crm:
        coupon = (await crm.coupons.usable(case.customer_id or 0, NOW.date()))[0]
    assert (coupon.code, coupon.value_cents, coupon.remedy_id) == (remedy.evidence, 2000, remedy.id)
    assert coupon.title.keys() == {"en", "zh"}


async def test_execution_done_again_gives_the_same_evidence_and_nothing_more(shop: MendingShop) -> None:
    case, handler = await shop.case(), await shop.staff()
    kinds = {RemedyKind.POINTS: 10, RemedyKind.COUPON: 10, RemedyKind.REFUND: 10}
    for kind, amount in kinds.items():
        remedy = await proposed(shop, case, handler, kind, amount)
        async with shop.store.transaction() as crm:
            complaint = await crm.complaints.numbered(case.number)
            assert complaint is not None
            done = await Execution(crm.session).do(remedy, complaint, NOW)
        assert done.evidence == remedy.evidence
    assert [await count(shop, table) for table in (PointsEntry, Coupon, OrderRequest)] == [1, 1, 1]


async def test_above_the_limit_it_waits_for_another_person_with_a_higher_one(shop: MendingShop) -> None:
    case, handler, colleague = await shop.case(), await shop.staff(), await shop.staff()
    supervisor = await shop.staff("supervisor")
    remedy = await proposed(shop, case, handler, RemedyKind.POINTS, 501)
    assert (remedy.state, await count(shop, PointsEntry)) == (RemedyState.PROPOSED, 0)
    for staff in (handler, colleague):
        async with shop.store.transaction() as crm:
            with pytest.raises(RemedyNotAllowed):
                await crm.remedies.approve(remedy.id, staff, NOW)
    async with shop.store.transaction() as crm:
        assert [row.id for row, _ in await crm.remedies.waiting(supervisor)] == [remedy.id]
        approved = await crm.remedies.approve(remedy.id, supervisor, NOW)
    assert (approved.state, approved.decided_by) == (RemedyState.ARRIVED, supervisor.staff_id)
    assert await count(shop, PointsEntry) == 1


async def test_who_proposed_it_never_approves_it_whatever_the_limit(shop: MendingShop) -> None:
    case, supervisor = await shop.case(), await shop.staff("supervisor")
    remedy = await proposed(shop, case, supervisor, RemedyKind.POINTS, 2501)
    async with shop.store.transaction() as crm:
        await crm.remedies.limits.put(NewLimit("supervisor", RemedyKind.POINTS, 9000), supervisor.staff_id, NOW)
    async with shop.store.transaction() as crm:
        with pytest.raises(RemedyNotAllowed):
            await crm.remedies.approve(remedy.id, supervisor, NOW)


async def test_two_who_approve_at_once_execute_it_once(shop: MendingShop) -> None:
    case, handler = await shop.case(), await shop.staff()
    remedy = await proposed(shop, case, handler, RemedyKind.COUPON, 5000)
    approvers = [await shop.staff("supervisor") for _ in range(4)]

    async def approve(staff: Scope) -> None:
        async with shop.store.transaction() as crm:
            await crm.remedies.approve(remedy.id, staff, NOW)

    ended = await asyncio.gather(*(approve(staff) for staff in approvers), return_exceptions=True)
    assert sum(isinstance(end, RemedyNotOpen) for end in ended) == 3
    assert await count(shop, Coupon) == 1


async def test_many_small_remedies_are_weighed_as_one_large_one(shop: MendingShop) -> None:
    case, handler = await shop.case(), await shop.staff()
    assert (await proposed(shop, case, handler, RemedyKind.POINTS, 300)).state == RemedyState.ARRIVED
    assert (await proposed(shop, case, handler, RemedyKind.POINTS, 201)).state == RemedyState.PROPOSED


async def test_remedies_proposed_at_once_do_not_slip_past_the_limit(shop: MendingShop) -> None:
    case = await shop.case()
    staff = [await shop.staff() for _ in range(4)]
    ended = await asyncio.gather(*(proposed(shop, case, each, RemedyKind.POINTS, 200) for each in staff))
    assert sorted(remedy.state for remedy in ended) == ["arrived", "arrived", "proposed", "proposed"]


async def test_a_button_pressed_twice_gives_one_remedy(shop: MendingShop) -> None:
    case, handler = await shop.case(), await shop.staff()
    both = await asyncio.gather(*(proposed(shop, case, handler, RemedyKind.POINTS, 50) for _ in range(2)))
    assert both[0].id == both[1].id
    assert await count(shop, PointsEntry) == 1


async def test_a_refund_is_a_request_of_the_back_office_and_arrives_when_settled(shop: MendingShop) -> None:
    case, handler = await shop.case(order_number="WM104233", product_sku="KT-1"), await shop.staff()
    remedy = await proposed(shop, case, handler, RemedyKind.REFUND, 4900)
    assert (remedy.state, remedy.arrived_at) == (RemedyState.EXECUTED, None)
    async with shop.store.transaction() as crm:
        request = (await crm.order_requests.waiting())[0]
        assert (request.number, request.amount_cents, request.order_number) == (remedy.evidence, 4900, "WM104233")
    async with shop.store.transaction() as crm:
        assert await crm.remedies.arrived(remedy.id, By("api:till"), NOW + timedelta(days=3))
    async with shop.store.transaction() as crm:
        assert not await crm.remedies.arrived(remedy.id, By("api:till"), NOW + timedelta(days=4))
        assert await crm.order_requests.waiting() == []
        assert (await crm.remedies.of(case.id))[0].arrived_at == NOW + timedelta(days=3)


async def test_no_more_goes_back_than_was_paid(shop: MendingShop) -> None:
    case, supervisor = await shop.case(order_number="WM104233"), await shop.staff("supervisor")
    async with shop.store.transaction() as crm:
        crm.session.add(
            Order(
                number="WM104233",
                customer_id=case.customer_id,
                placed_at=NOW,
                channel="web",
                state="delivered",
                total_cents=4900,
            )
        )
    with pytest.raises(RemedyAmountWrong, match="4900"):
        await proposed(shop, case, supervisor, RemedyKind.REFUND, 4901)
    await proposed(shop, case, supervisor, RemedyKind.REFUND, 4900)
    with pytest.raises(RemedyAmountWrong):
        await proposed(shop, case, supervisor, RemedyKind.REFUND, 1)


async def test_an_apology_has_no_amount_and_arrives_with_the_words(shop: MendingShop) -> None:
    case, handler = await shop.case(member=False), await shop.staff()
    with pytest.raises(RemedyAmountWrong, match="amount"):
        await proposed(shop, case, handler, RemedyKind.APOLOGY, 5)
    remedy = await proposed(shop, case, handler, RemedyKind.APOLOGY, 0)
    assert (remedy.state, remedy.cost) == (RemedyState.ARRIVED, 0)


@pytest.mark.parametrize("amount", [0, -5])
async def test_an_amount_that_is_none_is_refused_with_its_unit(shop: MendingShop, amount: int) -> None:
    case, handler = await shop.case(), await shop.staff()
    with pytest.raises(RemedyAmountWrong, match="cents"):
        await proposed(shop, case, handler, RemedyKind.COUPON, amount)


async def test_points_need_a_member_and_say_what_to_do_instead(shop: MendingShop) -> None:
    case, handler = await shop.case(member=False), await shop.staff()
    with pytest.raises(RemedyNeedsMember, match="link the shopper first"):
        await proposed(shop, case, handler, RemedyKind.POINTS, 5)


async def test_a_role_without_a_limit_grants_nothing_and_nobody_grants_without_measure(shop: MendingShop) -> None:
    case, admin = await shop.case(), await shop.staff("admin")
    async with shop.store.transaction() as crm:
        await crm.remedies.limits.put(NewLimit("handler", RemedyKind.POINTS, None), admin.staff_id, NOW)
    with pytest.raises(RemedyNotAllowed):
        await proposed(shop, case, await shop.staff(), RemedyKind.POINTS, 1)
    with pytest.raises(RemedyAmountWrong, match="more than anybody"):
        await proposed(shop, case, admin, RemedyKind.POINTS, 2_000_000_000)


async def test_a_case_of_another_team_or_a_closed_one_gets_no_remedy(shop: MendingShop) -> None:
    async with shop.store.transaction() as crm:
        team = Team(code="north", name={"en": "North", "zh": "北区"})
        crm.session.add(team)
    theirs, closed, handler = await shop.case(team_id=team.id), await shop.case(closed_at=NOW), await shop.staff()
    with pytest.raises(RemedyUnknown):
        await proposed(shop, theirs, handler, RemedyKind.POINTS, 1)
    with pytest.raises(RemedyNotOpen, match="reopen"):
        await proposed(shop, closed, handler, RemedyKind.POINTS, 1)


async def test_a_refused_remedy_is_over_and_frees_the_amount(shop: MendingShop) -> None:
    case, handler, supervisor = await shop.case(), await shop.staff(), await shop.staff("supervisor")
    remedy = await proposed(shop, case, handler, RemedyKind.POINTS, 800)
    async with shop.store.transaction() as crm:
        refused = await crm.remedies.refuse(remedy.id, supervisor, "too much", NOW)
        assert (refused.state, refused.error) == (RemedyState.REFUSED, "too much")
    assert (await proposed(shop, case, handler, RemedyKind.POINTS, 500)).state == RemedyState.ARRIVED
    async with shop.store.transaction() as crm:
        with pytest.raises(RemedyNotOpen):
            await crm.remedies.approve(remedy.id, supervisor, NOW)


async def test_similar_cases_show_what_was_usual(shop: MendingShop) -> None:
    handler = await shop.staff()
    for amount in (100, 300, 200):
        await proposed(shop, await shop.case(), handler, RemedyKind.POINTS, amount)
    await proposed(shop, await shop.case(category="late"), handler, RemedyKind.POINTS, 5)
    here = await shop.case()
    async with shop.store.transaction() as crm:
        seen = await crm.remedies.past.similar(here.id, handler, limit=2)
    assert [precedent.amount for precedent in seen.latest] == [200, 300]
    (usual,) = seen.ranges
    assert (usual.kind, usual.count, usual.median, usual.low, usual.high) == ("points", 3, 200, 100, 300)


async def test_the_cost_of_each_cause_counts_what_was_executed(shop: MendingShop) -> None:
    handler = await shop.staff()
    await proposed(shop, await shop.case(cause="leaking_lid", reopened=1), handler, RemedyKind.COUPON, 1500)
    await proposed(shop, await shop.case(cause="leaking_lid"), handler, RemedyKind.POINTS, 100)
    await proposed(shop, await shop.case(), handler, RemedyKind.POINTS, 7)
    await proposed(shop, await shop.case(), handler, RemedyKind.POINTS, 501)  # waits, costs nothing yet
    async with shop.store.transaction() as crm:
        costs = await crm.remedies.past.cost_by_cause(handler, NOW - timedelta(days=1), NOW + timedelta(days=1))
    assert [(each.cause, each.cases, each.cost, each.reopened) for each in costs] == [
        ("leaking_lid", 2, 1600, 1),
        ("damaged", 1, 7, 0),
    ]


async def test_limits_are_written_once_and_a_change_is_on_record(shop: MendingShop) -> None:
    admin = await shop.staff("admin")
    async with shop.store.transaction() as crm:
        await crm.remedies.limits.put(NewLimit("handler", RemedyKind.POINTS, 50), admin.staff_id, NOW)
        await crm.remedies.limits.ensure()
    async with shop.store.transaction() as crm:
        limits = await crm.remedies.limits.all()
        deed = (await crm.session.scalars(select(AuditEvent))).one()
    assert (limits["handler", "points"], limits["supervisor", "coupon"]) == (50, 10_000)
    assert (deed.subject_id, deed.detail) == ("handler:points", {"from": 500, "to": 50})
