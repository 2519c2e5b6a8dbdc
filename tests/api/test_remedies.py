"""The back office sees what it is to do, and tells once that it is done."""

from crm_store.keys import KeyScope
from crm_store.remedies.granting import RemedyKind
from crm_store.remedies.remedies import Proposal
from tests.api.conftest import Api, code_of
from tests.mending import NOW, MendingShop


async def refund(api: Api) -> int:
    shop = await MendingShop(api.store).open()
    case, handler = await shop.case(order_number="WM104233"), await shop.staff()
    async with api.store.transaction() as crm:
        return (await crm.remedies.propose(Proposal(case.id, RemedyKind.REFUND, 4900, "leaks"), handler, NOW)).id


async def test_a_request_is_listed_until_it_has_arrived(api: Api) -> None:
    remedy_id = await refund(api)
    (listed,) = (await api.get("/remedies/requests")).json()["items"]
    assert (listed["remedy_id"], listed["kind"], listed["amount_cents"], listed["order_number"]) == (
        remedy_id,
        "refund",
        4900,
        "WM104233",
    )
    path = f"/api/v1/remedies/{remedy_id}/arrived"
    told = [(await api.client.post(path, headers=api.headers)).json() for _ in range(2)]
    assert told == [{"id": remedy_id, "known": False}, {"id": remedy_id, "known": True}]
    assert (await api.get("/remedies/requests")).json() == {"items": []}


async def test_a_remedy_that_is_none_is_not_found_and_reading_is_not_writing(api: Api) -> None:
    answer = await api.client.post("/api/v1/remedies/99/arrived", headers=api.headers)
    assert (answer.status_code, code_of(answer)) == (404, "remedy_unknown")
    reader = {"Authorization": f"Bearer {await api.key(KeyScope.COMPLAINTS_READ)}"}
    answer = await api.client.post("/api/v1/remedies/99/arrived", headers=reader)
    assert (answer.status_code, code_of(answer)) == (403, "scope_missing")
