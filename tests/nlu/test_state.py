from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.components.state import TURNS, Event, opening, trim


def turn(text: str, *between: Event) -> list[Event]:
    heard = {"event": "user", "text": text, "parse_data": {"intent": {}, "entities": []}}
    return [heard, *between, {"event": "action", "name": "action_listen"}]


def talk(turns: int) -> list[Event]:
    return [*opening(), *(event for number in range(turns) for event in turn(f"line {number}"))]


def said(events: list[Event]) -> list[Any]:
    return [event["text"] for event in events if event["event"] == "user"]


def knowledge(events: list[Event]) -> dict[str, Any]:
    """What a replay leads to, written as plainly as possible."""
    slots: dict[str, Any] = {}
    form, paused = None, False
    for event in events:
        match event["event"]:
            case "session_started" | "restart":
                slots, form, paused = {}, None, False
            case "reset_slots":
                slots = {}
            case "slot":
                slots[event["name"]] = event["value"]
            case "active_loop":
                form = event["name"] if event.get("name") else None
            case "pause" | "resume":
                paused = event["event"] == "pause"
    return {"slots": slots, "form": form, "paused": paused}


@pytest.mark.parametrize("turns", range(TURNS + 1))
def test_a_short_conversation_is_kept_whole(turns: int) -> None:
    assert trim(talk(turns)) == talk(turns)


def test_of_a_long_conversation_the_last_turns_are_kept() -> None:
    assert said(trim(talk(300))) == [f"line {number}" for number in range(295, 300)]
    assert len(trim(talk(300))) == len(trim(talk(30)))


def test_what_was_said_before_a_new_session_is_gone() -> None:
    kept = trim([*talk(3), *opening(told=[{"event": "slot", "name": "lang", "value": "zh"}]), *turn("again")])
    assert said(kept) == ["again"]
    assert [event["event"] for event in kept[:4]] == ["action", "session_started", "slot", "action"]


def test_a_form_that_began_before_the_kept_turns_goes_on() -> None:
    begin = turn("I complain", {"event": "active_loop", "name": "complaint_form"})
    kept = trim([*opening(), *begin, *talk(20)[3:]])
    assert said(kept) == [f"line {number}" for number in range(15, 20)]
    assert knowledge(kept)["form"] == "complaint_form"


def test_a_form_that_refused_to_go_on_is_remembered_until_it_runs_again() -> None:
    refused = {"event": "action_execution_rejected", "name": "form"}
    begin = [*turn("start", {"event": "active_loop", "name": "form"}), *turn("aside", refused)]
    rest = [event for number in range(TURNS) for event in turn(f"line {number}")]
    assert refused in trim([*opening(), *begin, *rest])
    assert refused not in trim([*opening(), *begin, *turn("back", {"event": "action", "name": "form"}), *rest])


def test_guesses_buttons_and_names_of_models_are_left_out() -> None:
    user = {
        "event": "user",
        "text": "hi",
        "message_id": "1",
        "metadata": {"conversation": 12, "model_id": "x", "assistant_id": "careloop"},
        "parse_data": {
            "intent": {"name": "greet"},
            "entities": [],
            "intent_ranking": [{"name": "greet"}],
            "text": "hi",
        },
    }
    bot = {"event": "bot", "text": "hello", "data": {"buttons": []}, "metadata": {"utter_action": "utter_greet"}}
    assert trim([user, bot]) == [
        {
            "event": "user",
            "text": "hi",
            "parse_data": {"intent": {"name": "greet"}, "entities": []},
            "metadata": {"conversation": 12},
        },
        {"event": "bot", "text": "hello", "metadata": {"utter_action": "utter_greet"}},
    ]


def test_a_slot_that_was_emptied_stays_empty() -> None:
    emptied = {"event": "slot", "name": "what", "value": None}
    assert emptied in trim([*opening(), *turn("a", emptied), *talk(9)[3:]])


some_event = st.one_of(
    st.builds(
        lambda name, value: {"event": "slot", "name": name, "value": value}, st.sampled_from("abc"), st.integers()
    ),
    st.builds(lambda name: {"event": "active_loop", "name": name}, st.sampled_from(["form", "other", None])),
    st.sampled_from([{"event": kind} for kind in ("reset_slots", "restart", "pause", "resume", "session_started")]),
    st.builds(lambda: {"event": "user", "text": "x"}),
    st.builds(lambda name: {"event": "action", "name": name}, st.sampled_from(["form", "action_listen"])),
    st.builds(lambda: {"event": "action_execution_rejected", "name": "form"}),
)


@given(st.lists(some_event, max_size=60), st.integers(1, 6))
def test_trimming_changes_nothing_that_is_known(events: list[Event], turns: int) -> None:
    trimmed = trim(events, turns)
    assert knowledge(trimmed) == knowledge(events)
    assert len(said(trimmed)) <= turns
    assert trim(trimmed, turns) == trimmed or len(trim(trimmed, turns)) <= len(trimmed)
