"""What goes out fits Telegram's limits, and what had to change is told."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.base import Choice, Outbound, Verdict
from bot.channels.telegram import TelegramChannel
from bot.channels.telegram_bot import open_bot
from bot.channels.telegram_message import cut, utf16
from tests.fakes.telegram import TOKEN

CHANNEL = TelegramChannel(open_bot(TOKEN), "webhook-secret")


def outbound(words: str = "Hello", **fields: Any) -> Outbound:
    return Outbound(7, "710000001", words, **fields)


def choices(*labels: str) -> tuple[Choice, ...]:
    return tuple(Choice(f"id{number}", label) for number, label in enumerate(labels))


def rows(*labels: str) -> list[int]:
    markup = CHANNEL.render(outbound(choices=choices(*labels))).payload["reply_markup"]
    return [len(row) for row in markup["inline_keyboard"]]


def test_plain_words_go_out_as_they_are_and_are_never_markup() -> None:
    rendered = CHANNEL.render(outbound("<b>5 < 6 & *stars* [x](y)"))
    assert rendered.payload == {"chat_id": "710000001", "text": "<b>5 < 6 & *stars* [x](y)"}
    assert rendered.findings == ()


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.integers(1, 40))
def test_a_cut_text_fits_and_splits_no_character(words: str, limit: int) -> None:
    kept = cut(words, limit)
    assert utf16(kept) <= limit
    assert kept == words or words.startswith(kept.removesuffix("…"))
    assert len(kept.encode("utf-16-le")) // 2 == utf16(kept)


@given(st.integers(0, 30), st.integers(1, 40))
def test_a_cut_keeps_as_much_as_fits(letters: int, limit: int) -> None:
    words = "a" * letters + "🎁" * 40
    assert utf16(cut(words, limit)) >= limit - 1


def test_emoji_count_twice_against_the_limit() -> None:
    rendered = CHANNEL.render(outbound("🎁" * 2049))
    assert rendered.findings == ("truncated",)
    assert utf16(rendered.payload["text"]) <= 4096
    assert CHANNEL.render(outbound("🎁" * 2048)).findings == ()


def test_a_text_over_the_limit_is_too_long_before_it_is_sent() -> None:
    assert CHANNEL.check(outbound("x" * 4096), "ok") is Verdict.ALLOWED
    assert CHANNEL.check(outbound("🎁" * 2049), "ok") is Verdict.TOO_LONG


@pytest.mark.parametrize("reachability", ["blocked", "bounced", "anything else"])
def test_an_address_that_is_not_ok_is_unreachable(reachability: str) -> None:
    assert CHANNEL.check(outbound(), reachability) is Verdict.UNREACHABLE


def test_choices_become_buttons_that_give_back_their_id() -> None:
    markup = CHANNEL.render(outbound(choices=(Choice("c8f1", "Yes"), Choice("c8f2", "No")))).payload["reply_markup"]
    assert markup == {
        "inline_keyboard": [[{"text": "Yes", "callback_data": "c8f1"}, {"text": "No", "callback_data": "c8f2"}]]
    }


def test_short_labels_share_a_row_and_long_ones_have_their_own() -> None:
    assert rows("1", "2", "3", "4", "5") == [5]
    assert rows(*"123456789") == [6, 3]
    assert rows("Track my parcel", "Talk to a person", "Something else entirely") == [1, 1, 1]
    assert rows("是", "否") == [2]


@pytest.mark.parametrize("choice_id", ["", "x" * 65, "礼" * 22])
def test_ids_that_no_button_can_carry_make_the_choices_text(choice_id: str) -> None:
    rendered = CHANNEL.render(outbound(choices=(Choice("a", "Tea"), Choice(choice_id, "Coffee"))))
    assert rendered.payload == {"chat_id": "710000001", "text": "Hello\n\n1. Tea\n2. Coffee"}
    assert rendered.findings == ("choices_as_text",)


def test_a_long_text_gives_way_to_the_choices_under_it() -> None:
    rendered = CHANNEL.render(outbound("x" * 5000, choices=(Choice("", "Tea"),)))
    assert rendered.payload["text"].endswith("x…\n\n1. Tea")
    assert rendered.findings == ("choices_as_text", "truncated")


def test_too_many_choices_and_too_long_labels_are_cut_and_told() -> None:
    rendered = CHANNEL.render(outbound(choices=choices(*[str(number) for number in range(101)])))
    assert sum(len(row) for row in rendered.payload["reply_markup"]["inline_keyboard"]) == 100
    assert rendered.findings == ("choices_cut",)
    assert CHANNEL.render(outbound(choices=choices("x" * 65))).findings == ("choices_cut",)


def test_asking_for_the_card_shows_the_button_that_only_telegram_can_show() -> None:
    rendered = CHANNEL.render(outbound(asks_contact="Share my number"))
    assert rendered.payload["reply_markup"] == {
        "keyboard": [[{"text": "Share my number", "request_contact": True}]],
        "one_time_keyboard": True,
        "resize_keyboard": True,
    }


def test_the_card_button_leaves_choices_no_keyboard_so_they_become_text() -> None:
    rendered = CHANNEL.render(outbound(asks_contact="Share", choices=choices("Not now")))
    assert rendered.payload["text"] == "Hello\n\n1. Not now"
    assert rendered.findings == ("choices_as_text",)
