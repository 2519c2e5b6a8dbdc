"""What the lists show, filter and keep to themselves."""

from datetime import timedelta

import pytest

from crm_store.database import Store
from tests.api.conftest import NOW, Api, code_of
from tests.api.shop import DIALOGUE, PAYLOAD, Shop, customer, open_shop


@pytest.fixture
async def shop(store: Store) -> Shop:
    return await open_shop(store, NOW)


async def test_a_customer_is_found_by_number_email_in_any_case_and_phone(api: Api, shop: Shop) -> None:
    assert await api.ids("/customers", member_number="m1001") == [shop.mei]
    assert await api.ids("/customers", email="MEI@example.COM") == [shop.mei]
    assert await api.ids("/customers", phone="+6591234567") == [shop.mei]
    assert await api.ids("/customers", phone=" 6591234567") == [shop.mei]
    assert await api.ids("/customers", email="mei@example.com", member_number="M1002") == []
    assert await api.ids("/customers") == [shop.mei, shop.anna]


async def test_one_customer_is_told_whole(api: Api, shop: Shop) -> None:
    told = (await api.get(f"/customers/{shop.mei}")).json()
    assert told == {
        "id": shop.mei,
        "member_number": "M1001",
        "name": "Tan Mei Ling 陈美玲",
        "language": "en",
        "time_zone": "Asia/Singapore",
        "tier": "member",
        "home_store_id": None,
        "email": "Mei@Example.com",
        "phone": "+6591234567",
        "joined_on": "2024-02-29",
        "erased_at": None,
    }


async def test_conversations_are_found_by_customer_channel_and_control(api: Api, shop: Shop) -> None:
    assert await api.ids("/conversations", customer_id=shop.mei) == [shop.mei_talk]
    assert await api.ids("/conversations", channel="webchat") == [shop.anna_talk, shop.stranger_talk]
    assert await api.ids("/conversations", channel="webchat", customer_id=shop.mei) == []
    assert await api.ids("/conversations", control="waiting") == [shop.mei_talk, shop.anna_talk, shop.stranger_talk]
    assert await api.ids("/conversations", control="bot") == []
    assert (await api.get(f"/conversations/{shop.stranger_talk}")).json()["customer_id"] is None


async def test_every_change_of_hands_is_told(api: Api, shop: Shop) -> None:
    (event,) = (await api.get(f"/conversations/{shop.mei_talk}/events")).json()["items"]
    assert (event["before"], event["after"], event["reason"]) == ("bot", "waiting", "asked_for_person")


async def test_interactions_come_in_the_order_they_happened_not_in_that_of_their_ids(api: Api, shop: Shop) -> None:
    first, last, middle = shop.mei_words
    assert await api.ids("/interactions") == [first, middle, last]
    assert await api.all_ids("/interactions", limit=1) == [first, middle, last]
    assert await api.all_ids("/interactions", limit=1, conversation_id=shop.mei_talk) == [first, middle, last]


async def test_interactions_are_found_by_conversation_customer_direction_and_time(api: Api, shop: Shop) -> None:
    first, last, middle = shop.mei_words
    assert await api.ids("/interactions", conversation_id=shop.anna_talk) == []
    assert await api.ids("/interactions", customer_id=shop.mei, direction="out") == [first, middle, last]
    assert await api.ids("/interactions", direction="in") == []
    since, until = NOW + timedelta(minutes=1), NOW + timedelta(minutes=2)
    assert await api.ids("/interactions", since=since.isoformat(), until=until.isoformat()) == [middle]
    assert await api.ids("/interactions", since="2026-11-21T17:02:00+08:00") == [last]


async def test_complaints_are_found_by_number_customer_and_state_with_their_conversations(api: Api, shop: Shop) -> None:
    (case,) = (await api.get("/complaints", customer_id=shop.mei)).json()["items"]
    assert case["conversation_ids"] == [shop.mei_talk]
    assert case["what_happened"] == "壶漏水 the kettle leaks"
    assert await api.ids("/complaints", number=case["number"].lower()) == [shop.complaint]
    assert await api.ids("/complaints", state="closed") == []
    for asked in (str(shop.complaint), case["number"], case["number"].lower()):
        one = (await api.get(f"/complaints/{asked}")).json()
        assert {name: one[name] for name in case} == case
    assert await api.ids("/complaints", updated_after=NOW.isoformat()) == []
    assert await api.ids("/complaints", updated_after=(NOW - timedelta(seconds=1)).isoformat()) == [shop.complaint]


async def test_payloads_and_what_the_bot_keeps_never_leave(api: Api, shop: Shop) -> None:
    answers = [
        await api.get("/interactions"),
        await api.get(f"/interactions/{shop.mei_words[0]}"),
        await api.get("/conversations"),
        await api.get(f"/conversations/{shop.mei_talk}"),
    ]
    told = "".join(answer.text for answer in answers)
    assert PAYLOAD not in told
    assert DIALOGUE not in told
    assert answers[1].json()["choices"] == [{"id": "c1", "label": "Yes"}]


async def test_pages_give_every_row_once_and_the_last_one_says_so(api: Api, store: Store) -> None:
    async with store.transaction() as crm:
        ids = [await customer(crm, f"C{number}", None, None, None) for number in range(7)]
    assert await api.all_ids("/customers", limit=3) == ids
    assert await api.all_ids("/customers", limit=7) == ids
    page = (await api.get("/customers", limit=7)).json()
    assert page["next"] is None
    assert (await api.get("/customers", after=ids[-1])).json() == {"items": [], "next": None}


@pytest.mark.parametrize("path", ["/customers", "/conversations", "/interactions", "/complaints"])
async def test_what_is_not_there_is_told_by_name(api: Api, path: str) -> None:
    answer = await api.get(f"{path}/4711")
    assert answer.status_code == 404
    assert code_of(answer) == f"{path[1:-1]}_not_found"


async def test_events_of_no_conversation_are_not_an_empty_list(api: Api) -> None:
    answer = await api.get("/conversations/4711/events")
    assert (answer.status_code, code_of(answer)) == (404, "conversation_not_found")


async def test_a_page_after_an_interaction_that_is_not_there_begins_nowhere(api: Api) -> None:
    answer = await api.get("/interactions", after=4711)
    assert (answer.status_code, code_of(answer)) == (422, "cursor_unknown")
