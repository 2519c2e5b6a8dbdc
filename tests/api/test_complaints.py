"""Complaints that reach the shop elsewhere come in once, whole, and can be followed."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import func, select

from crm_store.cases.attachments import KeptFile
from crm_store.cases.complaints import Complaint
from crm_store.cases.events import By
from crm_store.database import Store
from crm_store.keys import KeyScope
from crm_store.staff.members import NewMember, Role
from tests.api.conftest import NOW, Api, client_of, code_of
from tests.api.shop import Shop, open_shop

TOLD: dict[str, Any] = {
    "external_id": "call-0007",
    "what_happened": "The kettle leaks. 壶漏水",
    "wanted": "A new one",
    "order_number": "wm104233",
    "store_code": "orchard",
    "language": "en",
}


@pytest.fixture
async def shop(store: Store) -> Shop:
    return await open_shop(store, NOW)


async def post(api: Api, body: dict[str, Any]) -> httpx2.Response:
    return await api.client.post("/api/v1/complaints", json=body, headers=api.headers)


async def how_many(store: Store) -> int:
    async with store.transaction() as crm:
        return await crm.session.scalar(select(func.count()).select_from(Complaint)) or 0


async def test_a_complaint_taken_elsewhere_is_a_case_with_its_facts(api: Api, shop: Shop) -> None:
    answer = await post(api, TOLD | {"member_number": "m1001"})
    assert answer.status_code == 201, answer.text
    told = (await api.get(f"/complaints/{answer.json()['number']}")).json()
    assert (told["customer_id"], told["source"], told["state"]) == (shop.mei, "api", "received")
    assert (told["category"], told["order_number"], told["store_code"]) == ("broken", "WM104233", "orchard")
    assert {"name": "order_number", "value": "WM104233", "origin": "said"}.items() <= told["facts"][2].items()
    assert (told["events"][0]["kind"], told["events"][0]["by"]) == ("opened", "api:test")
    assert (told["assignee"], told["merged_into"], told["remedies"], told["follow_ups"]) == (None, None, [], [])


async def test_what_was_sent_with_a_complaint_is_named_and_its_address_is_not(
    api: Api, shop: Shop, store: Store
) -> None:
    file = KeptFile("0" * 64, "image/jpeg", "cup.jpg", 81_234)
    async with store.transaction() as crm:
        await crm.attachments.add(shop.mei_talk, shop.mei_words[0], [file], NOW)
    told = (await api.get(f"/complaints/{shop.complaint}")).json()
    at = told["attachments"][0].pop("at")
    assert told["attachments"] == [{"name": "cup.jpg", "media_type": "image/jpeg", "size": 81_234, "state": "kept"}]
    assert at


async def test_the_same_external_id_five_times_at_once_and_once_more_is_one_complaint(api: Api, store: Store) -> None:
    answers = await asyncio.gather(*(post(api, TOLD) for _ in range(5)))
    assert {answer.status_code for answer in answers} <= {200, 201}
    assert len({answer.json()["number"] for answer in answers}) == 1
    again = await post(api, TOLD | {"what_happened": "something else", "member_number": "M-nobody"})
    assert (again.status_code, again.json()) == (200, answers[0].json())
    assert await how_many(store) == 1


async def test_two_systems_may_use_the_same_external_id(api: Api, store: Store) -> None:
    await post(api, TOLD)
    async with store.transaction() as crm:
        for key in await crm.api_keys.all():
            key.name = "till"
    await post(api, TOLD)
    assert await how_many(store) == 2


async def test_everything_that_happens_to_it_can_be_followed(api: Api, shop: Shop, store: Store) -> None:
    number = (await post(api, TOLD)).json()["number"]
    async with store.transaction() as crm:
        case = await crm.complaints.numbered(number)
        assert case is not None
        who = await crm.staff.add(NewMember("a@shop.example", "Aisha Rahman", Role.HANDLER, "x"), NOW)
        by = By("staff", who.id)
        later = NOW + timedelta(minutes=5)
        await crm.handling.assign(case.id, who.id, by, later)
        await crm.merging.merge(case.id, shop.complaint, by, later)
        into = await crm.records.complaints.get(shop.complaint)
    told = (await api.get(f"/complaints/{number}")).json()
    assert told["assignee"] == {"id": who.id, "name": "Aisha Rahman"}
    assert [event["kind"] for event in told["events"]] == ["opened", "assigned", "state", "merged"]
    assert into is not None
    assert told["merged_into"] == into.complaint.number
    assert await api.ids("/complaints", updated_after=NOW.isoformat()) == [shop.complaint, case.id]
    assert "password" not in str(told)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"external_id": ""}, "external_id"),
        ({"external_id": "x" * 101}, "external_id"),
        ({"external_id": "a b"}, "external_id"),
        ({"external_id": None}, "external_id"),
        ({"what_happened": "   "}, "what_happened"),
        ({"what_happened": "nul \x00 inside"}, "what_happened"),
        ({"what_happened": ["a", "list"]}, "what_happened"),
        ({"category": "'; drop table complaints; --"}, "category"),
        ({"severity": "apocalyptic"}, "severity"),
        ({"order_number": "x" * 65}, "order_number"),
        ({"store_code": "../../etc"}, "store_code"),
        ({"language": "xx"}, "language"),
        ({"member_number": "\n"}, "member_number"),
        ({"state": "closed"}, "state"),
        ({"customer_id": 1}, "customer_id"),
    ],
)
async def test_what_is_no_complaint_is_refused_by_the_name_of_the_field(
    api: Api, store: Store, change: dict[str, Any], field: str
) -> None:
    answer = await post(api, TOLD | change)
    assert (answer.status_code, code_of(answer)) == (422, "invalid_request")
    assert field in answer.json()["error"]["message"]
    assert await how_many(store) == 0


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 3000, b'{"external_id": "a", "what_happened": "\\ud800"}']
)
async def test_garbage_is_refused(api: Api, store: Store, body: bytes) -> None:
    headers = api.headers | {"Content-Type": "application/json"}
    answer = await api.client.post("/api/v1/complaints", content=body, headers=headers)
    assert answer.status_code in {400, 422}, answer.text
    code_of(answer)
    assert await how_many(store) == 0


async def test_a_body_beyond_the_limit_is_not_read(api: Api) -> None:
    answer = await post(api, TOLD | {"what_happened": "x" * 5000})
    assert (answer.status_code, code_of(answer)) == (413, "body_too_large")


async def test_an_unknown_or_erased_member_is_told_so_and_nothing_is_kept(api: Api, shop: Shop, store: Store) -> None:
    before = await how_many(store)
    async with store.transaction() as crm:
        gone = await crm.customers.get(shop.anna)
        assert gone is not None
        gone.erased_at = NOW
    for number in ("M4711", "M1002"):
        answer = await post(api, TOLD | {"member_number": number})
        assert (answer.status_code, code_of(answer)) == (404, "customer_not_found")
    assert await how_many(store) == before


async def test_reading_and_writing_are_two_scopes(api: Api, shop: Shop) -> None:
    async with client_of(api.app) as client:
        reader = {"Authorization": f"Bearer {await api.key(KeyScope.COMPLAINTS_READ)}"}
        writer = {"Authorization": f"Bearer {await api.key(KeyScope.COMPLAINTS_WRITE)}"}
        assert (await client.post("/api/v1/complaints", json=TOLD, headers=reader)).status_code == 403
        assert (await client.get("/api/v1/complaints", headers=writer)).status_code == 403
        assert (await client.post("/api/v1/complaints", json=TOLD, headers=writer)).status_code == 201
