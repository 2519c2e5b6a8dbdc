"""One field finds cases, customers and messages: by number, by address, by words in either language and script."""

import pytest

from crm_store.crm import Crm
from crm_store.database import Store
from crm_store.loyalty.orders import Order
from crm_store.people.identities import ChannelIdentity
from crm_store.search.search_words import asked, snippet
from crm_store.staff.scope import Scope
from tests.store.desk_shop import NONE, DeskShop, ago

ADMIN = Scope(0, "admin", NONE)
SAID = {
    "emma": "The rice-cooker LID is leaking, and the boxes were dented",
    "mei": "我买的电饭锅坏了，盖子漏水",
    "hong": "電飯鍋的蓋子漏水，請問可以退貨嗎",
    "mixed": "my 雨伞 is broken",
}


@pytest.fixture
async def crm(store: Store) -> Crm:
    """Four shoppers who said something, one of them with a case."""
    async with store.transaction() as crm:
        desk = DeskShop(crm)
        emma = await desk.case(
            "Emma Tan-Sharma", what_happened="the kettle leaks", number="C10023", order_number="WM100001"
        )
        mei = await desk.talk("林晓梅")
        hong, mixed = await desk.talk("陳大文"), await desk.talk("José Núñez")
        for minutes, (case, words) in enumerate(zip((emma, mei, hong, mixed), SAID.values(), strict=True)):
            await desk.said(case, words, minutes)
        identity = await crm.session.get_one(ChannelIdentity, emma.identity_id)
        identity.display_name = "emma_t"
        customer = await crm.customers.get(emma.customer_id)
        assert customer
        customer.phone, customer.member_number = "+6591230001", "M10000001"
        placed = {"placed_at": ago(9000), "channel": "web", "state": "placed", "total_cents": 100}
        await desk.add(Order(number="WM100001", customer_id=emma.customer_id, **placed))
    return crm


async def found(store: Store, words: str, scope: Scope = ADMIN) -> tuple[list[str], list[str], list[str]]:
    async with store.transaction() as crm:
        hits = await crm.search.find(scope, words)
        return (
            [hit.number for hit in hits.cases],
            [hit.name for hit in hits.customers],
            [hit.snippet.text for hit in hits.messages],
        )


@pytest.mark.parametrize(
    "words", ["C10023", "c10023", "#C10023", "10023", "WM100001", "kettle", "leak", "Emma", "sharm"]
)
async def test_a_case_is_found_by_its_number_its_order_its_customer_and_its_words(
    store: Store, crm: Crm, words: str
) -> None:
    assert (await found(store, words))[0] == ["C10023"]


@pytest.mark.parametrize(
    "words",
    ["M10000001", "m10000001", "c1@example.com", "+65 9123 0001", "91230001", "w1", "@emma_t", "WM100001", "emma tan"],
)
async def test_a_customer_is_found_by_every_way_to_reach_them(store: Store, crm: Crm, words: str) -> None:
    assert (await found(store, words))[1] == ["Emma Tan-Sharma"]


@pytest.mark.parametrize(
    ("words", "name"),
    [("晓梅", "林晓梅"), ("林", "林晓梅"), ("梅", "林晓梅"), ("陈大", "陳大文"), ("núñ", "José Núñez")],
)
async def test_a_name_is_found_by_a_part_of_it_in_any_script(store: Store, crm: Crm, words: str, name: str) -> None:
    assert (await found(store, words))[1] == [name]


@pytest.mark.parametrize(
    ("words", "who"),
    [
        ("rice cooker", ["emma"]),
        ("box", ["emma"]),
        ("leaking lids", ["emma"]),
        ("漏水", ["hong", "mei"]),
        ("電飯鍋", ["hong", "mei"]),
        ("电饭锅 漏水", ["hong", "mei"]),
        ("雨伞 broken", ["mixed"]),
        ("ＬＩＤ", ["emma"]),
        ("telescope", []),
        ("漏", []),
        ("' | 'a':* & !(", []),
        ("%", []),
    ],
)
async def test_messages_are_found_by_their_words_newest_first(
    store: Store, crm: Crm, words: str, who: list[str]
) -> None:
    ids = sorted((list(SAID).index(name) for name in who), reverse=True)
    assert (await found(store, words))[2] == [list(SAID.values())[place] for place in ids]


async def test_marketers_find_nothing_here(store: Store, crm: Crm) -> None:
    assert await found(store, "emma", Scope(1, "marketer", NONE)) == ([], [], [])


def test_a_snippet_marks_every_hit_and_says_where() -> None:
    text = "x" * 300 + " the Lid leaks, the lid <b>leaks</b>"
    cut = snippet(text, asked("lid leak").needles)
    assert [cut.text[first:last] for first, last in cut.marks] == ["Lid", "leak", "lid", "leak"]
    assert len(cut.text) <= 160


def test_a_word_as_long_as_a_message_is_kept_short() -> None:
    assert len(asked("x" * 5000).texts) < 60


async def test_a_message_of_one_endless_word_can_be_stored_and_found(store: Store) -> None:
    async with store.transaction() as crm:
        desk = DeskShop(crm)
        await desk.said(await desk.talk("Jo"), "y" * 60_000, 1)
    assert len((await found(store, "y" * 50))[2]) == 1
