"""What every channel keeps, whichever provider is behind it."""

import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels.base import (
    Channel,
    Choice,
    Forged,
    Idempotency,
    Inbound,
    InboundKind,
    Malformed,
    Outbound,
    Result,
    Verdict,
    lane_of,
)
from bot.channels.recording import RecordingChannel
from bot.channels.telegram import TelegramChannel
from bot.channels.telegram_bot import close_bot, open_bot
from bot.channels.webchat import WebChat
from tests.channels.conftest import ANNA
from tests.fakes.telegram import TOKEN, FakeTelegram


@dataclass
class Subject:
    """A channel with somebody to write to, and its provider's events. `proof`: the headers of a genuine post."""

    channel: Channel
    address: str
    event: Mapping[str, Any]
    broken: Mapping[str, Any]
    proof: Mapping[str, str] = field(default_factory=dict)
    unguarded: Channel | None = None
    can_be_blocked: bool = True


class Opens(Protocol):
    def __call__(self) -> AbstractAsyncContextManager[Subject]: ...


@asynccontextmanager
async def recording() -> AsyncIterator[Subject]:
    yield Subject(
        RecordingChannel(secret="s"),
        address="anna",
        event={"key": "1", "address": "anna", "text": "hello"},
        broken={"key": "1", "address": 5},
        proof={"X-Recording-Secret": "s"},
        unguarded=RecordingChannel(),
    )


@asynccontextmanager
async def telegram() -> AsyncIterator[Subject]:
    fake = FakeTelegram()
    bot = open_bot(TOKEN, await fake.start())
    fake.user_starts(ANNA)
    person = {"id": ANNA, "is_bot": False, "first_name": "Anna"}
    chat = {"id": ANNA, "type": "private"}
    yield Subject(
        TelegramChannel(bot, "s"),
        address=str(ANNA),
        event={"update_id": 1, "message": {"message_id": 1, "from": person, "chat": chat, "date": 1, "text": "hello"}},
        broken={"update_id": 1, "message": {"message_id": 1, "from": person, "chat": chat, "date": 1, "text": 5}},
        proof={"X-Telegram-Bot-Api-Secret-Token": "s"},
        unguarded=TelegramChannel(bot),
    )
    await close_bot(bot)
    await fake.stop()


@asynccontextmanager
async def webchat() -> AsyncIterator[Subject]:
    """Its visitors are verified at the door, and nobody can block a page of their own."""
    yield Subject(
        WebChat(),
        address="visitor-1",
        event={"visitor": "visitor-1", "client_message_id": "m1", "text": "hello"},
        broken={"visitor": "visitor-1", "client_message_id": "m1", "text": 5},
        can_be_blocked=False,
    )


CHANNELS: list[Opens] = [recording, telegram, webchat]
# Those that the outside world can post to.
POSTED_TO: list[Opens] = [recording, telegram]


@pytest.fixture(params=CHANNELS, ids=lambda opens: opens.__name__)
async def subject(request: pytest.FixtureRequest) -> AsyncIterator[Subject]:
    async with request.param() as opened:
        yield opened


@pytest.fixture(params=POSTED_TO, ids=lambda opens: opens.__name__)
async def guarded(request: pytest.FixtureRequest) -> AsyncIterator[Subject]:
    async with request.param() as opened:
        yield opened


def outbound(subject: Subject, text: str = "Hello", **fields: Any) -> Outbound:
    return Outbound(outbox_id=7, address=subject.address, text=text, **fields)


def test_a_channel_says_who_it_is_and_what_it_can(subject: Subject) -> None:
    channel, can = subject.channel, subject.channel.capabilities
    assert lane_of(channel.name, channel.account) == f"{channel.name}:{channel.account}"
    assert channel.name
    assert channel.account
    assert min(can.max_text, can.max_choices, can.choice_label_max, can.rate, can.rate_per_address) > 0
    assert can.rate >= can.rate_per_address
    assert can.idempotency in Idempotency


def test_an_event_is_read_the_same_every_time_and_left_as_it_was(subject: Subject) -> None:
    before = json.dumps(subject.event)
    first, second = subject.channel.parse(subject.event), subject.channel.parse(json.loads(before))
    assert isinstance(first, Inbound)
    assert first == second
    assert (first.kind, first.text, first.address) == (InboundKind.MESSAGE, "hello", subject.address)
    assert first.key
    assert json.dumps(subject.event) == before == json.dumps(first.raw)


def test_a_broken_event_is_told_by_its_field(subject: Subject) -> None:
    with pytest.raises(Malformed, match=r"\w+"):
        subject.channel.parse(subject.broken)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(data=st.data())
def test_no_event_whatever_breaks_the_reader(subject: Subject, data: st.DataObject) -> None:
    event = _with_one_change(subject.event, data)
    with contextlib.suppress(Malformed):
        inbound = subject.channel.parse(event)
        assert inbound is None or (inbound.key and inbound.address)


def _with_one_change(event: Mapping[str, Any], data: st.DataObject) -> dict[str, Any]:
    changed = dict(event)
    name = data.draw(st.sampled_from(sorted(changed)))
    if isinstance(changed[name], dict) and data.draw(st.booleans()):
        changed[name] = _with_one_change(changed[name], data)
    else:
        changed[name] = data.draw(JSON)
    return changed


def test_a_post_is_let_in_only_with_its_proof(guarded: Subject) -> None:
    guarded.channel.verify(guarded.proof, b"{}")
    [name] = guarded.proof
    for headers in ({}, {name: ""}, {name: "other"}, {name: "é"}, {name: "\udcff"}, {name: "密"}):
        with pytest.raises(Forged):
            guarded.channel.verify(headers, b"{}")


def test_without_a_secret_everything_is_forged(guarded: Subject) -> None:
    assert guarded.unguarded is not None
    for headers in (guarded.proof, dict.fromkeys(guarded.proof, ""), {}):
        with pytest.raises(Forged):
            guarded.unguarded.verify(headers, b"{}")


def test_a_short_message_to_a_reachable_address_is_allowed(subject: Subject) -> None:
    assert subject.channel.check(outbound(subject), "ok") is Verdict.ALLOWED


@pytest.mark.parametrize("reachability", ["blocked", "bounced"])
def test_an_address_that_blocked_us_is_unreachable(subject: Subject, reachability: str) -> None:
    expected = Verdict.UNREACHABLE if subject.can_be_blocked else Verdict.ALLOWED
    assert subject.channel.check(outbound(subject), reachability) is expected


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(text=st.text(), labels=st.lists(st.text(max_size=100), max_size=12), asks=st.text(max_size=100))
def test_rendering_is_pure_and_keeps_the_limits(subject: Subject, text: str, labels: list[str], asks: str) -> None:
    choices = tuple(Choice(f"c{number}", label) for number, label in enumerate(labels))
    message = outbound(subject, text * 50, choices=choices, asks_contact=asks)
    first, second = subject.channel.render(message), subject.channel.render(message)
    assert first == second
    assert len(first.payload["text"]) <= subject.channel.capabilities.max_text
    assert set(first.findings) <= {"truncated", "choices_as_text", "choices_cut"}
    json.dumps(dict(first.payload))


def test_a_text_over_the_limit_is_cut_and_told(subject: Subject) -> None:
    limit = subject.channel.capabilities.max_text
    assert subject.channel.render(outbound(subject, "x" * limit)).findings == ()
    assert "truncated" in subject.channel.render(outbound(subject, "x" * (limit + 1))).findings


async def test_a_send_is_accepted_with_the_providers_id(subject: Subject) -> None:
    result = await subject.channel.send(subject.channel.render(outbound(subject)))
    assert result.result is Result.ACCEPTED
    assert result.provider_id


async def test_a_send_never_raises(subject: Subject) -> None:
    nobody = Outbound(outbox_id=8, address="no such address", text="Hello")
    result = await subject.channel.send(subject.channel.render(nobody))
    assert result.result in Result
