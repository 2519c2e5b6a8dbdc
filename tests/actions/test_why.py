""" "Why did I get this?" is answered from what was decided about exactly that message. The action alone."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from actions.voice import read_lines
from crm_store.answers.choices import touch_in
from crm_store.cases.complaints import Complaint
from crm_store.database import Store
from crm_store.people.consent import ANY_CHANNEL, Evidence, Purpose, Who
from crm_store.people.identities import Address
from crm_store.people.proof import proved_by_code
from crm_store.planning.touches import Touch
from crm_store.remedies.follow_ups import FollowUp
from crm_store.talks.answers import plainly
from tests.actions.alone import Chat, Said, act, chat
from tests.actions.talker import MONDAY_NOON
from tests.touching import LEFT, Sent, send

LINES = read_lines()
DAY = "Mon 23 November"


@dataclass
class Asker(Chat):
    """Who has been written to, and asks why; `said` is the last answer."""

    said: Said = field(default_factory=lambda: Said([], []))

    async def is_sent(self, **more: Any) -> Touch:
        async with self.store.transaction() as crm:
            touch = await send(crm, Sent(self.customer, self.conversation, MONDAY_NOON, **more))
            await crm.session.execute(LEFT)
            return touch

    async def asks(self, language: str = "en", **metadata: Any) -> str:
        more = {"language": language, "metadata": metadata}
        self.said = await act(self, "action_why_message", "why did I get this?", "why_message", **more)
        return self.said.text

    @property
    def buttons(self) -> dict[str, str]:
        return self.said.buttons


@pytest.fixture
async def asker(store: Store) -> Asker:
    return Asker(**vars(await chat(store)))


def line(name: str, language: str = "en", /, **values: object) -> str:
    return LINES.say(name, language, **values)


async def test_the_occasion_the_yes_and_the_count_are_told_with_less_one_tap_away(asker: Asker) -> None:
    touch = await asker.is_sent(plan={"occasion": "birthday"}, purpose=Purpose.CARE)
    said = (await asker.asks()).split("\n")
    because = line("why_touch", day=DAY, because="your birthday", what=line("purpose_care"))
    agreed = line("why_yes_in_words", day="Sat 24 October", how=line("source_chat"), words="yes please")
    assert said == [because, agreed, line("why_count_most", sent=1, most=3, days=7, month=1)]
    pressed = [touch_in(payload) for payload in asker.buttons.values()]
    assert list(asker.buttons) == [line("button_fewer_like_this"), line("button_none_like_this")]
    assert [(each.occurrence_id, each.customer_id) for each in pressed] == [(touch.occurrence_id, asker.customer)] * 2


async def test_in_chinese_too(asker: Asker) -> None:
    await asker.is_sent(plan={"trigger": {"kind": "event", "of": "points_lapsing"}}, purpose=Purpose.CARE)
    said = await asker.asks("zh")
    assert line("because_points_lapsing", "zh") in said
    assert line("purpose_care", "zh") in said


async def test_of_two_messages_the_newest_is_explained_or_the_one_that_is_quoted(asker: Asker) -> None:
    await asker.is_sent(plan={"occasion": "birthday"}, purpose=Purpose.CARE)
    await asker.is_sent(name="Second", plan={"trigger": {"kind": "event", "of": "referral"}})
    async with asker.store.transaction() as crm:
        first = await crm.session.scalar(text("select min(id) from interactions where direction = 'out'"))
    assert line("because_referral") in await asker.asks()
    assert "your birthday" in await asker.asks(quoted=f"p{first}")
    assert line("because_referral") in await asker.asks(quoted="something else")


async def test_a_yes_given_elsewhere_is_shown_once_it_is_proved_whose_it_is(asker: Asker) -> None:
    touch = await asker.is_sent(consent="")
    async with asker.store.transaction() as crm:
        elsewhere = await crm.identities.at(Address("telegram", "shop", "77"), "", MONDAY_NOON)
        evidence = Evidence("chat", "May we?", "v1", "sure, go on")
        who = Who(elsewhere.id, asker.customer)
        await crm.consent.record(who, [(Purpose.PROMOTION, ANY_CHANNEL, True)], evidence, MONDAY_NOON)
        kept = await crm.session.get_one(Touch, (touch.occurrence_id, asker.customer))
        kept.consent_id = (await crm.consent.standing(who))[-1].id
    said = await asker.asks()
    assert line("why_yes_elsewhere") in said
    assert "sure, go on" not in said
    assert asker.buttons[line("button_show_yes")] == '/why_message{"mine": "yes"}'
    async with asker.store.transaction() as crm:
        await crm.identities.link(asker.identity, asker.customer, proved_by_code("webchat", MONDAY_NOON))
    assert "sure, go on" in await asker.asks()


async def test_without_a_yes_that_is_said_openly(asker: Asker) -> None:
    await asker.is_sent(consent="")
    assert line("why_no_yes") in await asker.asks()


async def test_a_service_message_needs_no_permission_and_has_no_buttons(asker: Asker) -> None:
    await asker.is_sent(purpose=Purpose.SERVICE, consent="", plan={"trigger": {"kind": "event", "of": "purchase"}})
    said = await asker.asks()
    assert said.endswith(line("why_needs_none"))
    assert asker.buttons == {}


async def test_a_follow_up_names_the_complaint_it_asks_about(asker: Asker) -> None:
    await asker.is_sent()
    async with asker.store.transaction() as crm:
        case = Complaint(
            number="C10001",
            identity_id=asker.identity,
            category="damaged",
            what_happened="It leaks.",
            language="en",
            opened_at=MONDAY_NOON,
            changed_at=MONDAY_NOON,
        )
        crm.session.add(case)
        await crm.session.flush()
        thread = await crm.answers.thread_of(asker.conversation)
        word = plainly("house", "Is it put right?", "en")
        (asked,) = await crm.answers.say(thread, [type(word)(**vars(word) | {"purpose": "service"})], MONDAY_NOON)
        crm.session.add(FollowUp(complaint_id=case.id, ordinal=1, due_at=MONDAY_NOON, interaction_id=asked))
        await crm.session.flush()
        await crm.session.execute(text("update interactions set sent_at = at where id = :id"), {"id": asked})
    assert await asker.asks() == line("why_case", day=DAY, number="C10001")


async def test_somebody_else_in_the_same_chat_hears_nothing_of_the_decision(asker: Asker) -> None:
    await asker.is_sent(plan={"occasion": "birthday"})
    async with asker.store.transaction() as crm:
        await crm.identities.unlink(asker.identity)
    said = await asker.asks()
    assert "birthday" not in said
    assert asker.buttons == {}


async def test_where_we_never_wrote_first_that_is_said(asker: Asker) -> None:
    assert await asker.asks() == "utter_why_none"


async def test_an_own_limit_is_called_their_own(asker: Asker) -> None:
    async with asker.store.transaction() as crm:
        from_before = MONDAY_NOON - timedelta(days=3)
        await crm.session.execute(
            text(
                "insert into preferences (customer_id, identity_id, kind, value, words, at)"
                " values (:customer, :identity, 'at_most', '{\"count\": 1, \"per\": \"month\"}', 'once a month', :at)"
            ),
            {"customer": asker.customer, "identity": asker.identity, "at": from_before},
        )
    await asker.is_sent()
    assert line("why_count_own", sent=1, most=1, days=31, month=1) in await asker.asks()
