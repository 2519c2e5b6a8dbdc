"""Rasa's door, with a real Rasa behind it."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.nlu.actions_endpoint import ActionsEndpoint
from tests.nlu.rasa_client import RasaClient, Talk

pytestmark = [pytest.mark.rasa, pytest.mark.xdist_group("rasa")]

TURN = "/webhooks/careloop/turn"
HEALTH = "/webhooks/careloop/health"


@pytest.mark.parametrize(
    "authorization", [None, "", "Bearer ", "Bearer wrong", "for-the-tests-only", "Bearer für", "Basic eA=="]
)
@pytest.mark.parametrize(("method", "path"), [("POST", TURN), ("GET", HEALTH)])
def test_nobody_comes_in_without_the_token(
    client: RasaClient, method: str, path: str, authorization: str | None
) -> None:
    given = None if authorization is None else authorization.encode().decode("latin-1")
    assert client.send(method, path, b"{}", given) == (401, {"error": "unauthorized"})


def test_health_reads_a_line_for_real(client: RasaClient) -> None:
    status, answer = client.send("GET", HEALTH, b"", f"Bearer {client.token}")
    assert status == 200
    assert answer["ok"] is True
    assert answer["model"].startswith("small-")


def test_a_turn_gives_messages_state_and_what_was_understood(client: RasaClient) -> None:
    answer = client.turn("hello")
    assert set(answer) == {"messages", "state", "intent", "confidence"}
    assert answer["messages"] == [
        {"text": "Hello", "buttons": [{"title": "My points", "payload": "/ask_points"}], "custom": None}
    ]
    assert answer["intent"] == "greet"
    assert 0.4 < answer["confidence"] <= 1


def test_the_bot_answers_in_the_language_of_the_turn(client: RasaClient) -> None:
    talk = Talk(client)
    assert talk.say("hello") == ["Hello"]
    talk.language = "zh"
    assert talk.say("hello") == ["您好"]
    assert talk.say("你好") == ["您好"]
    talk.language = "en"
    assert talk.say("你好") == ["Hello"]


def test_messages_of_an_action_keep_their_order_and_kind(client: RasaClient) -> None:
    assert client.turn("how many points do I have")["messages"] == [
        {"text": "120 points", "buttons": [{"title": "Redeem", "payload": "/redeem"}], "custom": None},
        {"text": None, "buttons": [], "custom": {"code": "points"}},
    ]


def test_an_action_is_told_what_the_app_told(client: RasaClient, actions: ActionsEndpoint) -> None:
    client.turn("how many points do I have", sender="345", metadata={"interaction": 9}, language="zh")
    call = actions.asked[-1]
    assert call["sender_id"] == "345"
    assert call["tracker"]["latest_message"]["metadata"]["interaction"] == 9
    assert call["tracker"]["slots"]["lang"] == "zh"


def test_an_unsure_turn_asks_back_with_real_guesses(client: RasaClient) -> None:
    answer = client.turn("the blue elephant")
    assert answer["intent"] == "nlu_fallback"
    assert answer["messages"][0]["text"].startswith("guesses: ")
    assert "nlu_fallback" not in answer["messages"][0]["text"]


def test_a_form_the_model_no_longer_has_is_forgotten(client: RasaClient) -> None:
    old = [{"event": "active_loop", "name": "gone_form"}, {"event": "slot", "name": "requested_slot", "value": "gone"}]
    assert Talk(client, state=[*client.turn("hello")["state"], *old]).say("hello") == ["Hello"]


def test_a_form_goes_on_from_the_state_alone(client: RasaClient) -> None:
    talk = Talk(client)
    assert talk.say("I want to complain") == ["What happened?"]
    assert talk.say("the cup arrived broken") == ["What would you like?"]
    assert talk.say("a new cup") == ["Noted: the cup arrived broken / a new cup"]
    assert talk.say("hello") == ["Hello"]


def test_a_form_survives_more_turns_than_are_kept(client: RasaClient, actions: ActionsEndpoint) -> None:
    talk = Talk(client)
    for _ in range(8):
        talk.say("hello")
    assert talk.say("I want to complain") == ["What happened?"]
    assert talk.say("/nothing{}") == ["What would you like?"]
    assert talk.say("hello") == ["Noted: ／nothing{} / hello"]


def test_rasa_keeps_nothing_between_turns(client: RasaClient) -> None:
    assert client.turn("I want to complain", sender="77")["messages"][0]["text"] == "What happened?"
    assert client.turn("hello", sender="77")["messages"][0]["text"] == "Hello"


def test_the_state_stays_small_however_long_the_talk(client: RasaClient) -> None:
    talk = Talk(client)
    sizes = []
    for _ in range(20):
        talk.say("hello")
        sizes.append(len(json.dumps(talk.state)))
    assert max(sizes[8:]) < sizes[4] * 1.3


def test_an_old_conversation_begins_anew_but_keeps_its_language(client: RasaClient) -> None:
    talk = Talk(client, "zh")
    talk.say("I want to complain")
    for event in talk.state:
        event["timestamp"] -= 2 * 60 * 60
    assert talk.say("hello") == ["您好"]
    assert len([event for event in talk.state if event["event"] == "user"]) == 1


def test_turns_of_one_sender_at_once_do_not_wait_for_each_other(client: RasaClient) -> None:
    """Rasa's own lock would poll once a second."""
    client.turn("hello")
    started = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: client.turn("I want to complain", sender="1"), range(8)))
    assert time.monotonic() - started < 1
    assert {answer["messages"][0]["text"] for answer in answers} == {"What happened?"}


@pytest.mark.parametrize(
    "text", ["/restart", "/session_start", "/make_complaint", '/greet{"lang": "zh"}', " /restart", "\x1f/restart"]
)
def test_a_slash_typed_by_a_shopper_is_only_text(client: RasaClient, text: str) -> None:
    answer = client.turn(text)
    assert answer["confidence"] < 1
    assert not {"restart", "session_start"} & {answer["intent"]}


def test_a_button_of_ours_is_obeyed(client: RasaClient) -> None:
    answer = client.turn("/thank", trusted=True)
    assert (answer["intent"], answer["confidence"]) == ("thank", 1.0)
    assert answer["messages"][0]["text"] == "You are welcome"


@pytest.mark.parametrize(
    "text", ["/", "/nothing", '/greet{"', "/greet{}{}", "/greet@x{1}", "/restart", '/thank{"lang": {"a": []}}']
)
def test_even_a_broken_button_gets_an_answer(client: RasaClient, text: str) -> None:
    client.turn(text, trusted=True)


@pytest.mark.parametrize(
    "text",
    [
        "\ud800 hello",
        "a\x00b",
        "🍕" * 50,
        "\u202eolleh",
        "<script>alert(1)</script>",
        "{what}",
        "{0.__class__}",
        "好" * 4000,
        "'; drop",
    ],
)
def test_strange_text_is_answered(client: RasaClient, text: str) -> None:
    assert Talk(client).say(text)


def test_text_in_a_form_comes_back_as_it_was_typed(client: RasaClient) -> None:
    talk = Talk(client)
    talk.say("I want to complain")
    talk.say("{wish} <b>破了</b> %s 訂單")
    assert talk.say("{what}") == ["Noted: {wish} <b>破了</b> %s 訂單 / {what}"]


def test_a_failing_action_leaves_the_next_turn_whole(client: RasaClient, actions: ActionsEndpoint) -> None:
    talk = Talk(client)
    actions.down = True
    try:
        assert talk.say("how many points do I have") == []
    finally:
        actions.down = False
    assert talk.say("how many points do I have") == ["120 points", None]


@pytest.mark.parametrize(
    "state",
    [
        [{"event": "user", "text": "x"}],
        [{"event": "user", "text": "x", "parse_data": {"intent": "greet", "entities": 5}}],
        [{"event": "active_loop", "name": "gone_form"}],
        [{"event": "slot", "name": "gone", "value": {"a": ["x" * 10_000]}}],
        [{"event": "action", "name": "action_gone"}, {"event": "followup", "name": "nothing"}],
        [{"event": "rewind"}, {"event": "undo"}, {"event": "restart"}],
        [{"event": "pause"}],
        [{"event": "entities", "entities": 5}],
        [{"event": "session_started", "timestamp": -1e300}, {"event": "user", "text": "x" * 10_000, "parse_data": {}}],
    ],
)
def test_a_state_nobody_gave_back_does_no_harm(client: RasaClient, state: list[dict[str, Any]]) -> None:
    status, answer = client.post({"sender": "1", "text": "hello", "language": "en", "state": state})
    assert status == 200 or (status == 400 and answer["field"].startswith("state")), answer


parts = st.sampled_from(
    [
        "user",
        "slot",
        "action",
        "active_loop",
        "bot",
        "form",
        "complaint_form",
        "lang",
        "what",
        "name",
        "text",
        "value",
        "x",
    ]
)
values = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5) | parts, st.lists, max_leaves=3)
states = st.lists(
    st.dictionaries(
        st.sampled_from(["name", "value", "text", "entities", "parse_data", "timestamp"]), values, max_size=4
    ).flatmap(lambda event: parts.map(lambda kind: {**event, "event": kind})),
    max_size=5,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(state=states)
def test_made_up_states_are_answered_or_refused_by_name(client: RasaClient, state: list[dict[str, Any]]) -> None:
    status, answer = client.post({"sender": "1", "text": "hello", "language": "en", "state": state})
    assert status == 200 or (status == 400 and answer["field"].startswith("state")), (status, answer)


def test_a_bad_turn_is_told_which_field(client: RasaClient) -> None:
    status, answer = client.post({"sender": "1", "text": "x" * 4_001, "language": "en"})
    assert (status, answer["field"]) == (400, "text")
