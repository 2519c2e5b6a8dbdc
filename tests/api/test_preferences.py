"""The preference page over HTTP: looking changes nothing, a tick is a yes with its question, one click stops."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from selectolax.lexbor import LexborHTMLParser
from sqlalchemy import func, select

from bot.api.body_limit import BodyLimit
from bot.conversation.opting_in import KIND, OptingIn, OptInRules
from bot.conversation.signed_links import signed
from bot.web.assets import load_web_assets
from bot.web.preference_links import preference_token, preferences_link
from bot.web.preferences.desk import PreferenceDesk
from bot.web.preferences.router import LOOKS, preferences_router
from crm_store.database import Store
from crm_store.people.consent import ConsentEntry, Evidence, Purpose, Who
from crm_store.people.customers import Customer
from crm_store.people.identities import Address, ChannelIdentity
from crm_store.people.opt_ins import OptIn
from crm_store.people.preferences import Occasion, OccasionNote, Preference, Told
from crm_store.people.proof import linked_by
from crm_store.sentences import read_sentences
from crm_store.talks.outbox import OutboxMessage
from tests.api.conftest import NOW, Clock
from tests.conftest import ROOT

SECRET = b"0123456789abcdef0123456789abcdef"
SHOP = {"en": "Willowmere", "zh": "柳岸百货"}
Fields = list[tuple[str, str]]


@dataclass
class Room:
    """One member's page, and what it leaves in the store."""

    store: Store
    client: httpx2.AsyncClient
    clock: Clock
    customer: int = 0
    identity: int = 0
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return f"/preferences/{preference_token(SECRET, self.customer)}"

    async def fields(self, language: str = "en") -> Fields:
        """The form as a browser would send it, unchanged."""
        html = LexborHTMLParser((await self.client.get(f"{self.path}?language={language}")).text)
        form = html.css_first("form")
        assert form is not None
        sent: Fields = []
        for each in form.css("input, select"):
            name, kind = str(each.attributes.get("name")), each.attributes.get("type")
            if each.tag == "select":
                chosen = each.css_first("option[selected]")
                assert chosen is not None
                sent.append((name, str(chosen.attributes["value"])))
            elif kind not in ("checkbox", "radio") or "checked" in each.attributes:
                sent.append((name, each.attributes.get("value") or ""))
        return sent

    async def post(self, fields: Fields, language: str = "en") -> str:
        """Send the form; gives the page it leads to."""
        answer = await self.client.post(f"{self.path}?language={language}", data=_grouped(fields))
        assert answer.status_code == 303
        return (await self.client.get(answer.headers["location"])).text

    async def counts(self) -> list[int]:
        async with self.store.transaction() as crm:
            tables: list[Any] = [ConsentEntry, Preference, Occasion, OptIn, OutboxMessage, ChannelIdentity]
            return [await crm.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]

    async def ledger(self) -> list[ConsentEntry]:
        async with self.store.transaction() as crm:
            return list((await crm.session.scalars(select(ConsentEntry).order_by(ConsentEntry.id))).all())

    async def rules(self) -> dict[str, Any]:
        async with self.store.transaction() as crm:
            return {each.kind: each.value for each in await crm.preferences.of(Who(None, self.customer))}

    async def allow(self, *choices: tuple[Purpose, str]) -> None:
        async with self.store.transaction() as crm:
            given = [(purpose, channel, True) for purpose, channel in choices]
            await crm.consent.record(Who(None, self.customer), given, Evidence("form"), NOW - timedelta(days=9))


def _grouped(fields: Fields) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in fields:
        grouped.setdefault(name, []).append(value)
    return grouped


def without(fields: Fields, *dropped: tuple[str, str]) -> Fields:
    assert set(dropped) <= set(fields)
    return [each for each in fields if each not in dropped]


def replaced(fields: Fields, **values: str) -> Fields:
    return [each for each in fields if each[0] not in values] + list(values.items())


@pytest.fixture
async def room(store: Store) -> AsyncIterator[Room]:
    clock = Clock()
    sentences = read_sentences(ROOT / "bot" / "conversation" / "sentences.yml", SHOP)
    opting_in = OptingIn(sentences, OptInRules(SECRET, "https://care.example", {"email": "email:care@shop.example"}))
    app = FastAPI()
    desk = PreferenceDesk(store, opting_in, SECRET, clock)
    app.include_router(preferences_router(desk, load_web_assets(SHOP), SHOP))
    app.add_middleware(BodyLimit)
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="https://care.example") as client:
        room = Room(store, client, clock)
        async with store.transaction() as crm:
            member = Customer(
                name="Emma Tan", email="emma.tan@example.com", phone="+6591230001", joined_on=date(2024, 1, 1)
            )
            crm.session.add(member)
            await crm.session.flush()
            identity = await crm.identities.at(Address("telegram", "shop", "42"), "Emma", NOW)
            await crm.identities.link(identity.id, member.id, linked_by("deep_link", NOW))
            room.customer, room.identity = member.id, identity.id
        yield room


@pytest.mark.parametrize("end", ["", "/stop", "?language=zh", "?told=saved&told=mail_sent", "?told=%3Cscript%3E"])
async def test_looking_changes_nothing_and_shows_no_name_and_no_address(room: Room, end: str) -> None:
    before = await room.counts()
    answer = await room.client.get(room.path + end)
    assert answer.status_code == 200
    assert await room.counts() == before
    for secret in ("Emma", "Tan", "emma.tan", "91230001", "script", "@"):
        assert secret not in answer.text


async def test_the_page_is_kept_nowhere_told_to_nobody_and_runs_nothing(room: Room) -> None:
    answer = await room.client.get(room.path)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "noindex" in answer.headers["x-robots-tag"]
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self'" in policy
    assert "<script" not in answer.text
    assert " style=" not in answer.text


async def test_it_speaks_the_language_asked_for_else_the_members_own(room: Room) -> None:
    assert '<html lang="en"' in (await room.client.get(room.path)).text
    assert "可以给您发优惠和新品消息吗？" in (await room.client.get(f"{room.path}?language=zh")).text
    async with room.store.transaction() as crm:
        await crm.preferences.put(Who(None, room.customer), "language", {"language": "zh"}, Told("x", None, NOW))
    assert '<html lang="zh-Hans"' in (await room.client.get(room.path)).text


async def test_a_form_sent_as_it_was_shown_changes_nothing(room: Room) -> None:
    await room.allow((Purpose.CARE, "telegram"))
    before = await room.counts()
    assert "nothing was changed" in await room.post(await room.fields())
    assert await room.counts() == before


async def test_a_tick_is_a_yes_with_the_exact_question_and_its_version(room: Room) -> None:
    assert "Saved." in await room.post([*await room.fields(), ("allow", "care:telegram")])
    [entry] = await room.ledger()
    assert (entry.purpose, entry.channel, entry.granted, entry.customer_id) == ("care", "telegram", True, room.customer)
    assert entry.question == "May we send you birthday wishes and reminders of your points and coupons? Telegram"
    assert re.fullmatch(r"preferences-[0-9a-f]{12}", entry.question_version)
    assert (entry.answer, entry.source) == ("☑ Telegram", "page")


async def test_the_proof_is_in_the_language_the_page_was_shown_in(room: Room) -> None:
    await room.post([*await room.fields("zh"), ("allow", "survey:telegram")], "zh")
    [entry] = await room.ledger()
    assert entry.question == "可以就您的购物和到店体验发简短问卷吗？ Telegram 消息"


async def test_taking_a_tick_away_counts_at_once(room: Room) -> None:
    await room.allow((Purpose.CARE, "telegram"), (Purpose.PROMOTION, "telegram"))
    await room.post(without(await room.fields(), ("allow", "promotion:telegram")))
    last = (await room.ledger())[-1]
    assert (last.purpose, last.channel, last.granted) == ("promotion", "telegram", False)
    assert len(await room.ledger()) == 3


async def test_a_page_shown_before_a_stop_gives_nothing_back(room: Room) -> None:
    await room.allow((Purpose.CARE, "telegram"))
    shown = await room.fields()
    async with room.store.transaction() as crm:
        await crm.consent.stop(Who(room.identity, room.customer), Evidence("chat", answer="stop"), NOW)
    stopped = await room.counts()
    await room.post(shown)
    assert await room.counts() == stopped


async def test_rules_are_set_changed_and_lifted_each_with_its_words(room: Room) -> None:
    fields = replaced(await room.fields(), **{"from": "10:00", "to": "20:00"}, count="1", per="month", style="pull")
    await room.post(without(fields, ("day", "5"), ("day", "6")))
    assert await room.rules() == {
        "hours": {"from": "10:00", "to": "20:00"},
        "days": {"days": [0, 1, 2, 3, 4]},
        "at_most": {"count": 1, "per": "month"},
        "style": {"style": "pull"},
    }
    await room.post(
        replaced(await room.fields(), **{"from": "", "to": ""}, until="2027-03-01", wanted="zh", impersonal="1")
    )
    after = await room.rules()
    assert "hours" not in after
    assert (after["snooze"], after["language"], after["impersonal"]) == (
        {"until": "2027-03-01"},
        {"language": "zh"},
        {"impersonal": True},
    )
    async with room.store.transaction() as crm:
        [hours, lifted] = (
            await crm.session.scalars(select(Preference).filter_by(kind="hours").order_by(Preference.id))
        ).all()
    assert (hours.words, hours.question, hours.source) == ("10:00–20:00", "When may we write?", "page")
    assert (hours.ended_by, lifted.value) == (lifted.id, {})


async def test_occasions_are_turned_off_and_welcome_again(room: Room) -> None:
    await room.post(without(await room.fields(), ("welcome", "mothers_day")))
    fields = await room.fields()
    assert ("welcome", "mothers_day") not in fields
    await room.post([*fields, ("welcome", "mothers_day")])
    assert ("welcome", "mothers_day") in await room.fields()


async def test_what_was_said_in_the_chat_is_shown_and_can_be_lifted(room: Room) -> None:
    async with room.store.transaction() as crm:
        who, told = Who(room.identity, room.customer), Told("only birthdays", None, NOW)
        await crm.preferences.put(who, "only", {"occasions": ["birthday"]}, told)
        await crm.preferences.put(who, "stage", {"stage": "before"}, told)
        await crm.preferences.put(who, "zone", {"zone": "Asia/Tokyo", "until": "2026-11-29"}, told)
        await crm.preferences.put(who, "channels", {"only": ["email"]}, told)
        await crm.preferences.note(who, OccasionNote("easter", None, None, "solar", off=True), told)
    page = (await room.client.get(room.path)).text
    for words in ("Only about: My birthday", "Only before you buy", "By the clock of Tokyo", "Only by: E-mail"):
        assert words in page
    assert ("welcome", "easter") not in await room.fields()
    await room.post([*await room.fields(), ("lift", "only"), ("lift", "zone")])
    assert set(await room.rules()) == {"stage", "channels"}


async def test_what_an_address_said_before_it_was_linked_holds_on_the_page(room: Room) -> None:
    async with room.store.transaction() as crm:
        await crm.preferences.put(
            Who(room.identity, None), "at_most", {"count": 2, "per": "week"}, Told("x", None, NOW)
        )
    assert ("count", "2") in await room.fields()


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"from": "10:00", "to": "10:00"}, "the two times are the same"),
        ({"from": "25:00"}, "the two times are the same"),
        ({"count": "0"}, "a number from 1 to 99"),
        ({"count": "many"}, "a number from 1 to 99"),
        ({"until": "soon"}, "a date within the next ten years"),
        ({"until": "9999-12-31"}, "a date within the next ten years"),
        ({"per": "century"}, "did not arrive whole"),
        ({"style": "shout"}, "did not arrive whole"),
        ({"wanted": "fr"}, "did not arrive whole"),
    ],
)
async def test_a_field_that_cannot_be_read_changes_nothing_and_is_named(
    room: Room, values: dict[str, str], told: str
) -> None:
    before = await room.counts()
    fields = [*replaced(await room.fields(), **values), ("allow", "care:telegram")]
    assert told in await room.post(fields)
    assert await room.counts() == before


async def test_no_day_at_all_is_no_rule(room: Room) -> None:
    fields = [each for each in await room.fields() if each[0] != "day"]
    assert "tick at least one day" in await room.post(fields)
    assert await room.rules() == {}


async def test_a_form_without_the_pages_seal_or_with_anothers_changes_nothing(room: Room) -> None:
    fields = [*await room.fields(), ("allow", "care:telegram")]
    before = await room.counts()
    for seal in ("", "x" * 200, "AAAA", "é"):
        assert "look once more" in await room.post(replaced(fields, seal=seal))
    async with room.store.transaction() as crm:
        other = Customer(name="Other", joined_on=date(2024, 1, 1))
        crm.session.add(other)
        await crm.session.flush()
    mine, room.customer = room.customer, other.id
    assert "look once more" in await room.post(fields)
    room.customer = mine
    assert await room.counts() == before


async def test_a_seal_lapses_after_half_a_day_but_a_stop_never_does(room: Room) -> None:
    await room.allow((Purpose.CARE, "telegram"))
    fields = [*await room.fields(), ("allow", "survey:telegram")]
    room.clock.now = NOW + timedelta(hours=13)
    assert "look once more" in await room.post(fields)
    assert "no more messages from us" in await room.post([("do", "stop"), ("seal", "old")])
    assert [entry.granted for entry in (await room.ledger())[1:]] == [False, False, False]


async def test_one_click_stops_the_mail_at_once_and_twice_is_once(room: Room) -> None:
    await room.allow((Purpose.PROMOTION, "email"), (Purpose.CARE, "*"), (Purpose.PROMOTION, "telegram"))
    for _ in range(3):
        answer = await room.client.post(f"{room.path}/stop", data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
    said = [(entry.purpose, entry.channel, entry.granted) for entry in (await room.ledger())[3:]]
    assert sorted(said) == [("care", "email", False), ("promotion", "email", False), ("survey", "email", False)]
    assert {entry.source for entry in (await room.ledger())[3:]} == {"one_click"}
    allowed = {value for name, value in await room.fields() if name == "allow"}
    assert allowed == {"care:telegram", "promotion:telegram"}


async def test_one_click_is_heard_again_after_a_new_yes(room: Room) -> None:
    for _ in range(2):
        await room.allow((Purpose.CARE, "email"))
        await room.client.post(f"{room.path}/stop", data={"List-Unsubscribe": "One-Click"})
    assert not [value for name, value in await room.fields() if name == "allow"]


async def test_one_click_comes_as_a_multipart_form_too(room: Room) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
    headers = {"content-type": "multipart/form-data; boundary=x"}
    answer = await room.client.post(f"{room.path}/stop", content=body, headers=headers)
    assert answer.status_code == 200
    assert len(await room.ledger()) == 3


async def test_a_post_that_is_no_one_click_stops_nothing(room: Room) -> None:
    before = await room.counts()
    assert (await room.client.post(f"{room.path}/stop", data={"List": "no"})).status_code == 400
    assert await room.counts() == before


async def test_every_link_that_is_none_of_ours_gets_the_same_plain_page(room: Room) -> None:
    good = preference_token(SECRET, room.customer)
    tokens = [
        "x",
        good[:-1],
        good + "A",
        good[:-1] + ("A" if good[-1] != "A" else "B"),
        signed(b"another secret of thirty-two bytes", "preferences", room.customer),
        signed(SECRET, "opt-in", room.customer),
        preference_token(SECRET, room.customer + 1),
        "%C3%A9" * 13,
    ]
    answers = [await room.client.get(f"/preferences/{token}") for token in tokens]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    one_click = [
        await room.client.post(f"/preferences/{t}/stop", data={"List-Unsubscribe": "One-Click"}) for t in tokens
    ]
    assert {answer.status_code for answer in one_click} == {404}
    assert {answer.text for answer in one_click} == {answers[0].text}
    assert {(await room.client.post(f"/preferences/{token}", data={"do": "stop"})).status_code for token in tokens} == {
        404
    }
    assert await room.ledger() == []


async def test_who_was_erased_has_no_page(room: Room) -> None:
    async with room.store.transaction() as crm:
        member = await crm.customers.get(room.customer)
        assert member is not None
        member.erased_at = NOW
    assert (await room.client.get(room.path)).status_code == 404


async def test_one_address_may_look_only_so_often_but_a_stop_is_never_put_off(room: Room) -> None:
    for _ in range(LOOKS):
        await room.client.get("/preferences/x")
    assert (await room.client.get(room.path)).status_code == 429
    for _ in range(LOOKS):
        answer = await room.client.post(f"{room.path}/stop", data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    room.clock.now = NOW + timedelta(minutes=2)
    assert (await room.client.get(room.path)).status_code == 200


async def test_a_form_too_large_or_with_too_many_fields_changes_nothing(room: Room) -> None:
    before = await room.counts()
    assert "look once more" in await room.post([*await room.fields(), ("allow", "x" * 20_000)])
    assert "look once more" in await room.post([*await room.fields(), *(("allow", "care:telegram"),) * 300])
    assert await room.counts() == before


async def first_yes(room: Room) -> str:
    """Tick offers by e-mail; gives the path in the mail that asks to confirm it."""
    page = await room.post([*await room.fields(), ("allow", "promotion:email")])
    assert "One step is left" in page
    async with room.store.transaction() as crm:
        [mail] = (await crm.session.scalars(select(OutboxMessage))).all()
    assert (mail.address, mail.purpose, mail.lane) == ("emma.tan@example.com", "code", "email:care@shop.example")
    found = re.search(r"https://care\.example(/preferences/confirm/\S+)", str(mail.body["text"]))
    assert found is not None
    return found[1]


async def test_offers_by_mail_need_a_second_yes_from_that_very_address(room: Room) -> None:
    path = await first_yes(room)
    assert await room.ledger() == []
    assert ("allow", "promotion:email") not in await room.fields()
    for _ in range(3):  # scanners of mail follow every link
        look = await room.client.get(path)
        assert "May we send you offers and news? E-mail" in look.text
    assert await room.ledger() == []
    assert "Confirmed" in (await room.client.post(path)).text
    assert "Confirmed" in (await room.client.post(path)).text
    [entry] = await room.ledger()
    assert (entry.purpose, entry.channel, entry.granted, entry.source) == ("promotion", "email", True, "opt_in")
    assert (entry.question, entry.answer) == ("May we send you offers and news? E-mail", "☑ E-mail")
    async with room.store.transaction() as crm:
        mailbox = await crm.identities.at(Address("email", "care@shop.example", "emma.tan@example.com"), "", NOW)
    assert mailbox.customer_id == room.customer
    assert ("allow", "promotion:email") in await room.fields()


async def test_asked_once_and_not_again_while_it_waits(room: Room) -> None:
    await first_yes(room)
    assert "already waiting" in await room.post([*await room.fields(), ("allow", "promotion:email")])
    assert (await room.counts())[3:5] == [1, 1]


async def test_a_second_yes_after_a_week_or_after_a_stop_is_too_late(room: Room) -> None:
    path = await first_yes(room)
    room.clock.now = NOW + timedelta(days=7)
    assert (await room.client.get(path)).status_code == 404
    assert (await room.client.post(path)).status_code == 404
    room.clock.now = NOW + timedelta(minutes=1)
    await room.client.post(f"{room.path}/stop", data={"List-Unsubscribe": "One-Click"})
    assert (await room.client.post(path)).status_code == 404
    assert not [entry for entry in await room.ledger() if entry.granted]


@pytest.mark.parametrize("number", [0, 999, 2**63 - 1])
async def test_a_second_yes_to_nothing_is_the_same_plain_page(room: Room, number: int) -> None:
    for token in (signed(SECRET, KIND, number), "x" * 39, preference_token(SECRET, room.customer)):
        for method in ("GET", "POST"):
            answer = await room.client.request(method, f"/preferences/confirm/{token}")
            assert (answer.status_code, "This link does not work" in answer.text) == (404, True)


def test_the_link_is_short_and_its_token_says_nothing() -> None:
    link = preferences_link(SECRET, "https://care.example", 12345)
    assert link.startswith("https://care.example/preferences/")
    assert len(link) < 80
    assert "12345" not in link
