"""The fake keeps Telegram's rules, so that a test which passes against it says something."""

import json
from typing import Any

import aiohttp
import pytest

from tests.channels.conftest import ANNA, Caller
from tests.fakes.telegram_faults import broken_json, flooded, html_page


async def status_of(call: Caller, token: str, method: str = "getMe") -> int:
    async with call.session.post(f"{call.api_base}/bot{token}/{method}") as answer:
        return answer.status


async def test_a_bot_learns_who_it_is(call: Caller) -> None:
    status, me = await call("getMe")
    assert (status, str(me["id"])) == (200, call.fake.token.partition(":")[0])


async def test_a_wrong_token_is_401_and_a_misshapen_one_404(call: Caller) -> None:
    assert await status_of(call, call.fake.token[:-1] + "x") == 401
    assert await status_of(call, "nonsense") == 404
    assert await status_of(call, call.fake.token, "getEverything") == 404


@pytest.mark.parametrize("way", ["query", "form", "json", "multipart"])
async def test_parameters_come_in_four_ways(call: Caller, way: str) -> None:
    call.fake.user_starts(ANNA)
    given = {"chat_id": str(ANNA), "text": "Tea & cake"}
    form = aiohttp.FormData(given, default_to_multipart=True)
    sent: dict[str, Any] = {"query": {"params": given}, "form": {"data": given}, "json": {"json": given}}.get(
        way, {"data": form}
    )
    async with call.session.post(f"{call.api_base}/bot{call.fake.token}/sendMessage", **sent) as answer:
        assert answer.status == 200
    assert call.fake.sent(ANNA)[0].text == "Tea & cake"


async def test_only_those_who_wrote_first_can_be_written_to(call: Caller) -> None:
    known, gone, blocker = (call.fake.person(number) for number in (1, 2, 3))
    gone.deactivated = True
    call.fake.user_starts(blocker.id)
    call.fake.user_blocks(blocker.id)
    assert await call("sendMessage", chat_id=known.id, text="x") == (
        403,
        "Forbidden: bot can't initiate conversation with a user",
    )
    assert await call("sendMessage", chat_id=gone.id, text="x") == (403, "Forbidden: user is deactivated")
    assert await call("sendMessage", chat_id=blocker.id, text="x") == (403, "Forbidden: bot was blocked by the user")
    assert await call("sendMessage", chat_id=99, text="x") == (400, "Bad Request: chat not found")
    call.fake.user_unblocks(blocker.id)
    assert (await call("sendMessage", chat_id=blocker.id, text="x"))[0] == 200


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"text": ""}, "message text is empty"),
        ({"text": " \n "}, "message text is empty"),
        ({"text": "x" * 4097}, "message is too long"),
        ({"text": "🎁" * 2049}, "message is too long"),
        ({"text": "<b>" + "x" * 4097 + "</b>", "parse_mode": "HTML"}, "message is too long"),
        ({"text": "x", "parse_mode": "Word"}, "unsupported parse_mode"),
        ({"text": "x", "reply_markup": "{"}, "can't parse reply keyboard markup JSON object"),
    ],
)
async def test_bad_messages_are_refused(call: Caller, fields: dict[str, str], told: str) -> None:
    call.fake.user_starts(ANNA)
    assert await call("sendMessage", chat_id=ANNA, **fields) == (400, f"Bad Request: {told}")
    assert call.fake.sent(ANNA) == []


async def test_the_limit_counts_after_parsing(call: Caller) -> None:
    call.fake.user_starts(ANNA)
    status, _ = await call("sendMessage", chat_id=ANNA, text="<b>" + "x" * 4096 + "</b>", parse_mode="HTML")
    assert status == 200


@pytest.mark.parametrize(
    ("data", "status"), [("", 400), ("x", 200), ("x" * 64, 200), ("x" * 65, 400), ("礼" * 22, 400)]
)
async def test_a_button_carries_1_to_64_bytes(call: Caller, data: str, status: int) -> None:
    call.fake.user_starts(ANNA)
    markup = json.dumps({"inline_keyboard": [[{"text": "Yes", "callback_data": data}]]})
    answer = await call("sendMessage", chat_id=ANNA, text="Sure?", reply_markup=markup)
    assert answer[0] == status
    assert status == 200 or answer[1] == "Bad Request: BUTTON_DATA_INVALID"


async def test_a_flood_limit_is_in_the_body_and_in_the_header(call: Caller) -> None:
    call.fake.fails_next("sendMessage", flooded(3))
    url = f"{call.api_base}/bot{call.fake.token}/sendMessage"
    async with call.session.post(url, data={"chat_id": 1, "text": "x"}) as answer:
        body = await answer.json()
    assert (answer.status, answer.headers["Retry-After"]) == (429, "3")
    assert body["parameters"] == {"retry_after": 3}
    assert body["description"] == "Too Many Requests: retry after 3"


async def test_faults_hit_one_call_each_in_the_order_given(call: Caller) -> None:
    call.fake.user_starts(ANNA)
    call.fake.fails_next("sendMessage", html_page(502), broken_json())
    url = f"{call.api_base}/bot{call.fake.token}/sendMessage"
    answers = []
    for number in range(3):
        async with call.session.post(url, data={"chat_id": ANNA, "text": str(number)}) as answer:
            answers.append((answer.status, answer.content_type, (await answer.text())[:6]))
    assert answers == [
        (502, "text/html", "<html>"),
        (200, "application/json", '{"ok":'),
        (200, "application/json", '{"ok":'),
    ]
    assert [message.text for message in call.fake.sent(ANNA)] == ["1", "2"]


async def test_a_press_can_be_answered_and_an_invented_one_cannot(call: Caller) -> None:
    call.fake.user_starts(ANNA)
    markup = json.dumps({"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]})
    _, message = await call("sendMessage", chat_id=ANNA, text="Sure?", reply_markup=markup)
    call.fake.user_presses(message["message_id"], "Yes")
    _, updates = await call("getUpdates")
    query = updates[-1]["callback_query"]
    assert (query["data"], query["message"]["text"]) == ("y", "Sure?")
    assert await call("answerCallbackQuery", callback_query_id=query["id"]) == (200, True)
    assert (await call("answerCallbackQuery", callback_query_id="1"))[0] == 400


async def test_typing_needs_a_chat_and_a_known_action(call: Caller) -> None:
    call.fake.user_starts(ANNA)
    assert await call("sendChatAction", chat_id=ANNA, action="typing") == (200, True)
    assert (await call("sendChatAction", chat_id=ANNA, action="sleeping"))[0] == 400
    assert (await call("sendChatAction", chat_id=4, action="typing"))[0] == 400
