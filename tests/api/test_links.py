"""Links into a chat: made for a member, spent once, in time, on their channel."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.conversation.deep_links import make, sealed, spend
from crm_store.database import Store
from crm_store.keys import KeyScope
from crm_store.people.identities import Address
from tests.api.conftest import NOW, Api, Clock, client_of, code_of, read_app
from tests.api.shop import customer


@pytest.fixture
async def mei(store: Store) -> int:
    async with store.transaction() as crm:
        return await customer(crm, "Mei", "M1", None, None)


async def identity(store: Store) -> int:
    async with store.transaction() as crm:
        return (await crm.identities.at(Address("telegram", "shop", "1"), "", NOW)).id


async def test_a_link_leads_into_the_channel_and_names_its_end(api: Api, mei: int) -> None:
    answer = await api.client.post(
        "/api/v1/links", json={"customer_id": mei, "channel": "telegram"}, headers=api.headers
    )
    made = answer.json()
    assert answer.status_code == 201
    assert made["url"] == f"https://t.me/willowmere_bot?start={made['token']}"
    assert made["expires_at"] == "2026-11-21T09:10:00Z"
    assert len(made["token"]) == 43


async def test_a_link_is_spent_once_and_on_its_own_channel(store: Store, mei: int) -> None:
    shopper = await identity(store)
    async with store.transaction() as crm:
        token = (await make(crm, mei, "telegram", NOW)).token
    async with store.transaction() as crm:
        assert await spend(crm, sealed(token, "webchat"), shopper, NOW) is None
        assert await spend(crm, sealed(token, "telegram"), shopper, NOW) == mei
        assert await spend(crm, sealed(token, "telegram"), shopper, NOW) is None


async def test_a_link_lapses_after_ten_minutes(store: Store, mei: int) -> None:
    shopper = await identity(store)
    async with store.transaction() as crm:
        token = (await make(crm, mei, "telegram", NOW)).token
        assert await spend(crm, sealed(token, "telegram"), shopper, NOW + timedelta(minutes=10)) is None


@pytest.mark.parametrize("seal", ["", "a", "a" * 64, "A" * 64, "你" * 64, "' or 1=1 --", "a" * 63 + "\x00"])
async def test_garbage_is_no_link(store: Store, seal: str) -> None:
    shopper = await identity(store)
    async with store.transaction() as crm:
        assert await spend(crm, seal, shopper, NOW) is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"customer_id": "me", "channel": "telegram"}',
        b'{"customer_id": 1, "channel": "carrier pigeon"}',
        b'{"customer_id": 1.5, "channel": "telegram"}',
        b'{"customer_id": 0, "channel": "telegram"}',
        b'{"customer_id": 99999999999999999999, "channel": "telegram"}',
        b'{"customer_id": 1, "channel": "telegram", "admin": true}',
        b'{"customer_id": 1, "channel": "\\ud800"}',
        b"\xff\xfe",
        b"[" * 3000,
    ],
)
async def test_a_body_that_is_not_what_we_asked_for_is_refused(api: Api, body: bytes) -> None:
    headers = api.headers | {"Content-Type": "application/json"}
    answer = await api.client.post("/api/v1/links", content=body, headers=headers)
    assert answer.status_code in {400, 422}, answer.text
    code_of(answer)


async def test_a_body_beyond_the_limit_is_not_read(api: Api) -> None:
    headers = api.headers | {"Content-Type": "application/json"}
    announced = await api.client.post("/api/v1/links", content=b"x" * 5000, headers=headers)

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(50):
            yield b" " * 100

    unannounced = await api.client.post("/api/v1/links", content=pieces(), headers=headers)
    for answer in (announced, unannounced):
        assert (answer.status_code, code_of(answer)) == (413, "body_too_large")


async def test_nobody_gets_a_link_for_a_customer_who_is_not_there_or_was_erased(
    api: Api, store: Store, mei: int
) -> None:
    async with store.transaction() as crm:
        gone = await crm.customers.get(mei)
        assert gone is not None
        gone.erased_at = NOW
    for customer_id in (mei, 4711):
        asked = {"customer_id": customer_id, "channel": "webchat"}
        answer = await api.client.post("/api/v1/links", json=asked, headers=api.headers)
        assert (answer.status_code, code_of(answer)) == (404, "customer_not_found")


async def test_a_key_that_only_reads_makes_no_links(api: Api, mei: int) -> None:
    key = await api.key(*(scope for scope in KeyScope if scope is not KeyScope.LINKS_WRITE))
    asked = {"customer_id": mei, "channel": "webchat"}
    answer = await api.client.post("/api/v1/links", json=asked, headers={"Authorization": f"Bearer {key}"})
    assert (answer.status_code, code_of(answer)) == (403, "scope_missing")


async def test_a_channel_the_shop_does_not_have_cannot_be_linked_to(api: Api, store: Store, mei: int) -> None:
    async with client_of(read_app(store, Clock(), {})) as client:
        asked = {"customer_id": mei, "channel": "telegram"}
        answer = await client.post("/api/v1/links", json=asked, headers=api.headers)
    assert (answer.status_code, code_of(answer)) == (409, "channel_unavailable")
