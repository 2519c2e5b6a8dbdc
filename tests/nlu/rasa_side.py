"""Runs in Rasa's own environment, started by test_rasa_side.py; prints JSON: each check with "" or what went wrong."""
# mypy: ignore-errors

import json
import random
import sys
import traceback
from importlib import import_module

import rasa.core.actions.action as actions
import rasa.shared.core.events as events
from jsonschema import ValidationError
from rasa.shared.core.slots import AnySlot
from rasa.shared.core.trackers import DialogueStateTracker

STOCK_VALIDATE = actions.RemoteAction._validate_action_result
STOCK_RESOLVE = events.Event.resolve_by_type

# After a look at Rasa as it comes; and by name, because only this environment has what `speed` imports.
speed = import_module("nlu.components.speed")
state = import_module("nlu.components.state")

SLOTS = [AnySlot(name, mappings=[{}], initial_value=0, influence_conversation=False) for name in "abc"]
ANSWERS = [
    {"events": [], "responses": []},
    {"events": [{"event": "slot", "name": "lang", "value": "zh", "timestamp": None}], "responses": [{"text": "hi"}]},
    {"events": [{"event": "action", "name": "action_listen"}]},
    {"events": "none"},
    {"events": [{"event": 5}]},
    {"responses": ["text"]},
    {},
]
NAMES = [
    "user",
    "bot",
    "slot",
    "action",
    "session_started",
    "active_loop",
    "restart",
    "unheard-of",
    "topic",
    "followup",
]


def both_targets_exist():
    assert STOCK_VALIDATE.__qualname__ == "RemoteAction._validate_action_result"
    assert STOCK_RESOLVE.__qualname__ == "Event.resolve_by_type"


def the_switch_turns_it_off():
    before = speed.os.environ.get(speed.SWITCH)
    for word, patched in (("false", False), ("0", False), ("", True), ("true", True)):
        speed.remove()
        speed.os.environ[speed.SWITCH] = word
        speed.install()
        assert (actions.RemoteAction._validate_action_result is not STOCK_VALIDATE) == patched, word
        assert (events.Event.resolve_by_type is not STOCK_RESOLVE) == patched, word
    speed.os.environ[speed.SWITCH] = before or ""


def answers_of_actions_are_judged_alike():
    action = actions.RemoteAction("action_points", None)
    for answer in ANSWERS:
        assert outcome(STOCK_VALIDATE, action, answer) == outcome(speed._validate, action, answer), answer


def events_are_found_alike():
    for name in NAMES * 2:
        for default in ([], [events.SlotSet]):
            assert outcome(STOCK_RESOLVE, name, *default) == outcome(speed._resolve, name, *default), name


def a_trimmed_conversation_replays_to_the_same():
    chance = random.Random(7)
    for _ in range(300):
        whole = [*state.opening(), *(event for _ in range(12) for event in some_turn(chance))]
        assert told(replay(whole)) == told(replay(state.trim(whole))), whole


def some_turn(chance):
    yield {"event": "user", "text": "x", "parse_data": {"intent": {"name": "greet"}, "entities": []}}
    for _ in range(chance.randrange(4)):
        yield chance.choice(
            [
                {"event": "slot", "name": chance.choice("abc"), "value": chance.randrange(9)},
                {"event": "active_loop", "name": chance.choice(["form", "other", None])},
                {"event": "action", "name": chance.choice(["form", "utter_x"])},
                {"event": "action_execution_rejected", "name": "form"},
                {"event": "bot", "text": "y"},
                {"event": chance.choice(["reset_slots", "pause", "resume"])},
            ]
        )
    yield {"event": "action", "name": "action_listen"}


def replay(dictionaries):
    return DialogueStateTracker.from_events("1", [events.Event.from_parameters(each) for each in dictionaries], SLOTS)


def told(tracker):
    form = tracker.active_loop
    return (
        tracker.current_slot_values(),
        form and (form.name, form.is_interrupted, form.rejected),
        tracker.is_paused(),
        tracker.latest_message.text,
        tracker.latest_action_name,
        tracker.followup_action,
    )


def outcome(function, *arguments):
    try:
        return function(*arguments)
    except (ValidationError, ValueError) as error:
        return type(error).__name__


def failure(check):
    try:
        check()
    except Exception:
        return traceback.format_exc()
    return ""


CHECKS = [
    both_targets_exist,
    the_switch_turns_it_off,
    answers_of_actions_are_judged_alike,
    events_are_found_alike,
    a_trimmed_conversation_replays_to_the_same,
]
sys.stdout.write("\n" + json.dumps({check.__name__: failure(check) for check in CHECKS}))
