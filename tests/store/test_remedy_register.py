"""The register of remedies: what waits and what was given, with names and sums, as far as it may be seen."""

from datetime import timedelta

import pytest

from crm_store.database import Store
from crm_store.remedies.granting import RemedyKind
from crm_store.remedies.register import Given
from crm_store.remedies.remedies import Proposal
from crm_store.staff.scope import Scope
from tests.mending import NOW, Case, MendingShop


@pytest.fixture
async def shop(store: Store) -> MendingShop:
    return await MendingShop(store).open()


async def proposed(shop: MendingShop, case: Case, staff: Scope, amount: int) -> int:
    async with shop.store.transaction() as crm:
        made = await crm.remedies.propose(Proposal(case.id, RemedyKind.POINTS, amount, "it leaked"), staff, NOW)
        return made.id


async def test_what_waits_tells_who_proposed_it_and_what_the_case_got_before(shop: MendingShop) -> None:
    case, handler = await shop.case(), await shop.staff()
    given = await proposed(shop, case, handler, 400)
    waiting = await proposed(shop, case, handler, 300)
    async with shop.store.transaction() as crm:
        (entry,) = await crm.remedies.register.waiting(handler)
        granted = await crm.remedies.register.given(handler, Given(NOW, NOW + timedelta(hours=1)))
        earlier = await crm.remedies.register.given(handler, Given(until=NOW))
        beyond = await crm.remedies.register.given(handler, Given(), after=given)
    assert (entry.id, entry.number, entry.amount, entry.total) == (waiting, case.number, 300, 700)
    assert entry.proposed_by == handler.staff_id
    assert [each.id for each in granted] == [given]
    assert (earlier, beyond) == ([], [])


async def test_given_remedies_are_found_by_the_cause_that_costs_are_counted_by(shop: MendingShop) -> None:
    case, handler = await shop.case(), await shop.staff()
    await proposed(shop, case, handler, 100)
    span = (NOW - timedelta(days=1), NOW + timedelta(days=1))
    async with shop.store.transaction() as crm:
        (cost,) = await crm.remedies.past.cost_by_cause(handler, *span)
        found = await crm.remedies.register.given(handler, Given(*span, cost.cause))
        nothing = await crm.remedies.register.given(handler, Given(*span, "no such cause"))
    assert (len(found), sum(each.cost for each in found), nothing) == (cost.remedies, cost.cost, [])


async def test_what_another_team_has_is_not_in_it(shop: MendingShop) -> None:
    case, handler = await shop.case(), await shop.staff()
    remedy_id = await proposed(shop, case, handler, 100)
    marketer = Scope(9, "marketer", frozenset())
    async with shop.store.transaction() as crm:
        assert await crm.remedies.register.one(remedy_id, marketer) is None
        assert await crm.remedies.register.given(marketer, Given()) == []
