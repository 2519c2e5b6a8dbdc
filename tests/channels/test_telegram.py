"""Who may post to us, and how every end of a send is named."""

import logging

import pytest
from telegram.error import TimedOut

from bot.channels.base import Choice, Forged, Outbound, Result
from bot.channels.telegram import TelegramChannel, outcome_of
from bot.channels.telegram_bot import TokenMalformed, account_of, acknowledge, open_bot, point_webhook
from tests.channels.conftest import ANNA, Line
from tests.fakes.telegram import TOKEN, FakeTelegram
from tests.fakes.telegram_faults import (
    Fault,
    accepted_but_dropped,
    broken_json,
    dropped,
    flooded,
    html_page,
    refused,
    slow,
)

CHANNEL = TelegramChannel(open_bot(TOKEN), "webhook-secret")
SECRET = "X-Telegram-Bot-Api-Secret-Token"


@pytest.mark.parametrize("header", [SECRET, SECRET.lower()])
def test_a_post_with_the_secret_comes_in(header: str) -> None:
    CHANNEL.verify({header: "webhook-secret"}, b"{}")


@pytest.mark.parametrize("given", ["", "webhook-secre", "Webhook-secret", "sécret", "\udcff", "机密"])
def test_a_post_with_another_secret_stays_out(given: str) -> None:
    with pytest.raises(Forged):
        CHANNEL.verify({SECRET: given}, b"{}")


def test_a_post_without_the_header_stays_out() -> None:
    with pytest.raises(Forged):
        CHANNEL.verify({}, b"{}")


@pytest.mark.parametrize("headers", [{}, {SECRET: ""}, {SECRET: "anything"}])
def test_without_a_configured_secret_every_post_stays_out(headers: dict[str, str]) -> None:
    with pytest.raises(Forged):
        TelegramChannel(open_bot(TOKEN)).verify(headers, b"{}")


def test_the_account_is_the_bots_id_and_survives_a_new_token() -> None:
    assert CHANNEL.account == account_of("110201543:another-token") == "110201543"


@pytest.mark.parametrize("token", ["", "110201543", "bot110201543:abc", "110201543:a/b", "110201543:abc\n"])
def test_a_token_of_another_form_is_refused_without_repeating_it(token: str) -> None:
    with pytest.raises(TokenMalformed) as caught:
        open_bot(token)
    assert token == "" or token not in str(caught.value)


async def test_an_accepted_message_has_telegrams_id_and_arrives_once(line: Line) -> None:
    result = await line.send("Grüße & <b>茶</b>")
    [arrived] = line.fake.sent(ANNA)
    assert (result.result, result.provider_id) == (Result.ACCEPTED, str(arrived.message_id))
    assert arrived.text == "Grüße & <b>茶</b>"
    assert "parse_mode" not in arrived.parameters


async def test_buttons_and_card_requests_arrive(line: Line) -> None:
    asked = Outbound(1, str(ANNA), "Solved?", choices=(Choice("y", "Yes"), Choice("n", "No")))
    await line.channel.send(line.channel.render(asked))
    await line.channel.send(line.channel.render(Outbound(2, str(ANNA), "Who are you?", asks_contact="Share")))
    first, second = line.fake.sent(ANNA)
    assert first.buttons == [("Yes", "y"), ("No", "n")]
    assert second.markup["keyboard"] == [[{"text": "Share", "request_contact": True}]]


ENDS: dict[str, tuple[Fault, Result]] = {
    "blocked": (refused(403, "Forbidden: bot was blocked by the user"), Result.GONE),
    "deactivated": (refused(403, "Forbidden: user is deactivated"), Result.GONE),
    "chat not found": (refused(400, "Bad Request: chat not found"), Result.GONE),
    "too long": (refused(400, "Bad Request: message is too long"), Result.REJECTED),
    "payload too large": (refused(413, "Request Entity Too Large"), Result.REJECTED),
    "unauthorized": (refused(401, "Unauthorized"), Result.CONFIG),
    "not found": (refused(404, "Not Found"), Result.CONFIG),
    "conflict": (refused(409, "Conflict: terminated by other getUpdates request"), Result.CONFIG),
    "redirect": (html_page(302), Result.CONFIG),
    "internal": (refused(500, "Internal Server Error"), Result.UNKNOWN),
    "bad gateway": (html_page(502), Result.UNKNOWN),
    "gateway timeout": (html_page(504), Result.UNKNOWN),
    "accepted but dropped": (accepted_but_dropped(), Result.UNKNOWN),
    "dropped": (dropped(), Result.UNKNOWN),
    "slow": (slow(2.0), Result.UNKNOWN),
    "broken answer": (broken_json(), Result.UNKNOWN),
    "html with 200": (html_page(200), Result.UNKNOWN),
    "html with 400": (html_page(400), Result.REJECTED),
}


@pytest.mark.parametrize("end", list(ENDS))
async def test_every_end_of_a_send_has_one_name_and_one_call(line: Line, end: str) -> None:
    fault, expected = ENDS[end]
    line.fake.fails_next("sendMessage", fault)
    result = await line.send()
    assert result.result is expected
    assert line.fake.called("sendMessage") == 1
    assert len(line.fake.sent(ANNA)) == int(fault.carried_out)


async def test_a_flood_limit_names_the_seconds_for_the_whole_account(line: Line) -> None:
    line.fake.fails_next("sendMessage", flooded(7))
    result = await line.send()
    assert (result.result, result.retry_after, result.whole_account) == (Result.RETRY_AT, 7.0, True)


async def test_without_a_connection_the_message_may_be_tried_again(line: Line) -> None:
    await line.fake.stop()
    result = await line.send()
    assert (result.result, result.whole_account) == (Result.RETRY_AT, False)
    assert result.retry_after > 0


async def test_somebody_who_never_wrote_to_the_bot_is_gone(line: Line) -> None:
    line.fake.person(5)
    assert (await line.send(chat_id=5)).result is Result.GONE
    assert (await line.send(chat_id=6)).result is Result.GONE


def test_ptbs_timeouts_are_unknown_though_they_are_network_errors() -> None:
    assert outcome_of(TimedOut()).result is Result.UNKNOWN


async def test_an_answer_that_is_no_message_is_unknown(line: Line) -> None:
    nothing = Fault(carried_out=True, body='{"ok": true, "result": {"message_id": 1}}')
    line.fake.fails_next("sendMessage", nothing, Fault(carried_out=True, body='{"ok": true, "result": 5}'))
    assert (await line.send()).result is Result.UNKNOWN
    assert (await line.send()).result is Result.UNKNOWN


@pytest.mark.parametrize("end", list(ENDS))
async def test_neither_token_nor_words_reach_a_detail_or_a_log(
    line: Line, end: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("telegram").setLevel(logging.WARNING)
    line.fake.fails_next("sendMessage", ENDS[end][0])
    result = await line.send("a very private matter")
    told = f"{result.detail} {caplog.text} {line.bot!r} {line.channel!r}"
    assert line.fake.token.partition(":")[2] not in told
    assert "private matter" not in told


async def test_a_press_is_acknowledged_and_a_stale_one_does_no_harm(line: Line) -> None:
    await line.channel.send(line.channel.render(Outbound(1, str(ANNA), "Solved?", choices=(Choice("y", "Yes"),))))
    line.fake.user_presses(line.fake.sent(ANNA)[0].message_id, "Yes")
    query_id = next(iter(line.fake.open_queries))
    await acknowledge(line.bot, {"update_id": 1, "callback_query": {"id": query_id}})
    await acknowledge(line.bot, {"update_id": 2, "callback_query": {"id": "stale"}})
    await acknowledge(line.bot, {"update_id": 3, "message": {}})
    assert [parameters["callback_query_id"] for _, parameters in line.fake.calls[-2:]] == [query_id, "stale"]


async def test_the_webhook_is_set_with_its_secret(line: Line) -> None:
    await point_webhook(line.bot, "http://127.0.0.1:9/hook", "webhook-secret")
    fake: FakeTelegram = line.fake
    assert (fake.webhook.url, fake.webhook.secret) == ("http://127.0.0.1:9/hook", "webhook-secret")
