"""What Telegram's updates mean."""

import copy
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.channels.base import Contact, InboundKind, Malformed
from bot.channels.telegram import TelegramChannel
from bot.channels.telegram_bot import open_bot
from tests.fakes.telegram import TOKEN

UPDATES: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parent / "payloads" / "telegram_updates.json").read_text(encoding="utf-8")
)
CHANNEL = TelegramChannel(open_bot(TOKEN), "webhook-secret")


def update(name: str, **message_fields: Any) -> dict[str, Any]:
    event = copy.deepcopy(UPDATES[name])
    event.get("message", {}).update(message_fields)
    return event


def text(words: str) -> dict[str, Any]:
    return update("text", text=words)


def test_a_message_is_read_with_who_what_and_when() -> None:
    inbound = CHANNEL.parse(UPDATES["text"])
    assert inbound is not None
    assert (inbound.kind, inbound.key, inbound.text) == (InboundKind.MESSAGE, "811000001", "我的快递到哪里了？")
    assert (inbound.display_name, inbound.language_hint) == ("Mei Tan", "zh-hans")
    assert inbound.sent_at == datetime.fromtimestamp(1790000000, UTC)
    assert inbound.raw == UPDATES["text"]


def test_ids_beyond_32_bits_stay_exact() -> None:
    inbound = CHANNEL.parse(UPDATES["text"])
    assert inbound is not None
    assert inbound.address == "6123456789012"


@pytest.mark.parametrize(
    ("words", "payload"),
    [
        ("/start", ""),
        ("/start ", ""),
        ("/start link_7f3a9c", "link_7f3a9c"),
        ("/start@willowmere_bot a-B_9", "a-B_9"),
        ("/start " + "x" * 64, "x" * 64),
    ],
)
def test_a_start_carries_the_payload_of_the_link(words: str, payload: str) -> None:
    inbound = CHANNEL.parse(text(words))
    assert inbound is not None
    assert (inbound.kind, inbound.choice_id, inbound.text) == (InboundKind.START, payload, "/start")


@pytest.mark.parametrize("words", ["/stop", "/started", "/start not a payload", "start", "/start " + "x" * 65])
def test_other_commands_are_words_like_all_others(words: str) -> None:
    inbound = CHANNEL.parse(text(words))
    assert inbound is not None
    assert (inbound.kind, inbound.text, inbound.choice_id) == (InboundKind.MESSAGE, words, "")


def test_a_pressed_button_gives_back_its_id() -> None:
    inbound = CHANNEL.parse(UPDATES["press"])
    assert inbound is not None
    assert (inbound.kind, inbound.choice_id, inbound.address) == (InboundKind.BUTTON, "c8f1", "730000002")


def test_a_photo_is_media_with_its_caption() -> None:
    inbound = CHANNEL.parse(UPDATES["photo"])
    assert inbound is not None
    assert (inbound.kind, inbound.text) == (InboundKind.MEDIA, "The lid is cracked")


def test_a_sticker_is_told_to_be_unsupported() -> None:
    event = update("text", sticker={"file_id": "s"})
    del event["message"]["text"]
    inbound = CHANNEL.parse(event)
    assert inbound is not None
    assert inbound.kind is InboundKind.UNSUPPORTED


def test_a_service_message_is_nothing_a_shopper_said() -> None:
    event = update("text", pinned_message={"message_id": 1})
    del event["message"]["text"]
    assert CHANNEL.parse(event) is None


@pytest.mark.parametrize(("status", "kind"), [("kicked", InboundKind.BLOCKED), ("member", InboundKind.UNBLOCKED)])
def test_blocking_and_unblocking_the_bot_are_heard(status: str, kind: InboundKind) -> None:
    event = update("kicked")
    event["my_chat_member"]["new_chat_member"]["status"] = status
    inbound = CHANNEL.parse(event)
    assert inbound is not None
    assert inbound.kind is kind


@pytest.mark.parametrize("name", ["group", "edited", "channel_post", "unknown"])
def test_groups_edits_channels_and_the_unknown_are_left_alone(name: str) -> None:
    assert CHANNEL.parse(UPDATES[name]) is None


def test_another_bot_is_left_alone() -> None:
    event = update("text")
    event["message"]["from"]["is_bot"] = True
    assert CHANNEL.parse(event) is None


def test_what_a_database_refuses_is_taken_out_of_the_words() -> None:
    inbound = CHANNEL.parse(text("a\x00b\ud83dc"))
    assert inbound is not None
    assert inbound.text == "ab?c"


def shared(**fields: Any) -> Contact | None:
    event = update("card")
    event["message"]["contact"].update(fields)
    inbound = CHANNEL.parse(event)
    assert inbound is not None
    return inbound.contact


def test_the_own_card_is_vouched_for_and_its_number_written_in_full() -> None:
    assert shared() == Contact("+447700900123", is_own=True)


@pytest.mark.parametrize("number", ["447700900123", "+447700900123", "+44 7700 900123"])
def test_one_number_has_one_spelling(number: str) -> None:
    contact = shared(phone_number=number)
    assert contact is not None
    assert contact.phone == "+447700900123"


def test_somebody_elses_card_is_not_the_senders() -> None:
    contact = shared(user_id=730000003)
    assert contact is not None
    assert not contact.is_own


def test_a_card_without_an_owner_proves_nothing() -> None:
    event = update("card")
    del event["message"]["contact"]["user_id"]
    inbound = CHANNEL.parse(event)
    assert inbound is not None
    assert inbound.contact == Contact("+447700900123", is_own=False)


@pytest.mark.parametrize("mark", ["forward_origin", "forward_date", "forward_from", "forward_sender_name"])
def test_a_forwarded_card_proves_nothing(mark: str) -> None:
    inbound = CHANNEL.parse(update("card", **{mark: 1}))
    assert inbound is not None
    assert inbound.contact is not None
    assert not inbound.contact.is_own


@pytest.mark.parametrize("number", ["+88801234567", "88801234567", "12", "no number"])
def test_anonymous_and_impossible_numbers_are_not_taken(number: str) -> None:
    assert shared(phone_number=number) is None


BREAKS: list[tuple[str, Callable[[dict[str, Any]], object], str]] = [
    ("text", lambda event: event.pop("update_id"), "update_id"),
    ("text", lambda event: event.update(update_id=True), "update_id"),
    ("text", lambda event: event.update(message="hello"), "message"),
    ("text", lambda event: event["message"].pop("chat"), "message.chat"),
    ("text", lambda event: event["message"].pop("from"), "message.from"),
    ("text", lambda event: event["message"]["from"].update(id="7"), "message.from.id"),
    ("text", lambda event: event["message"]["from"].update(first_name=7), "message.from.first_name"),
    ("text", lambda event: event["message"].update(text=["x"]), "message.text"),
    ("text", lambda event: event["message"].update(date=10**18), "message.date"),
    ("card", lambda event: event["message"]["contact"].pop("phone_number"), "message.contact.phone_number"),
    ("card", lambda event: event["message"]["contact"].update(user_id="7"), "message.contact.user_id"),
    ("press", lambda event: event["callback_query"].update(data=5), "callback_query.data"),
    ("kicked", lambda event: event["my_chat_member"].pop("new_chat_member"), "my_chat_member.new_chat_member"),
]


@pytest.mark.parametrize(("name", "break_it", "field"), BREAKS, ids=[field for *_, field in BREAKS])
def test_a_broken_field_is_named(name: str, break_it: Callable[[dict[str, Any]], object], field: str) -> None:
    event = update(name)
    break_it(event)
    with pytest.raises(Malformed, match=f"^{field} must be"):
        CHANNEL.parse(event)


def test_a_reply_names_the_message_it_picked_and_an_odd_one_none() -> None:
    replies = [
        {"message_id": 41, "date": 1790000000, "text": "LEAF-1 takes S$10 off"},
        {"message_id": "x"},
        "odd",
        None,
    ]
    read = [CHANNEL.parse(update("text", reply_to_message=reply)) for reply in replies]
    assert [inbound.quoted if inbound else None for inbound in read] == ["41", "", "", ""]
