import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.components.turn import LARGEST_BODY, BadTurn, read

GOOD: dict[str, Any] = {
    "sender": "12",
    "text": "hello",
    "trusted": False,
    "language": "en",
    "state": [],
    "metadata": {},
}


def body(**changed: object) -> bytes:
    return json.dumps(GOOD | changed).encode()


def test_a_turn_is_read() -> None:
    turn = read(body(text=" hello ", metadata={"conversation": 12}))
    assert (turn.sender, turn.text, turn.language, turn.state, turn.metadata) == (
        "12",
        "hello",
        "en",
        [],
        {"conversation": 12},
    )


@pytest.mark.parametrize(
    "text", ["/restart", '  /greet{"a": 1}', "\x1f/restart", "\u2003/session_start", "\x00/restart", "//x"]
)
def test_a_leading_slash_of_a_shopper_commands_nothing(text: str) -> None:
    assert not read(body(text=text)).text.startswith("/")


def test_a_button_of_ours_may_name_an_intent() -> None:
    assert read(body(text="/affirm", trusted=True)).text == "/affirm"


def test_control_characters_and_lone_surrogates_are_taken_out() -> None:
    assert read(body(text="a\x00b\x1b\ud800c\nd")).text == "abc\nd"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sender", 12), ("sender", ""), ("sender", None), ("sender", "x" * 201), ("sender", "a\nb\x00"),
        ("text", None), ("text", 5), ("text", ["a"]), ("text", ""), ("text", " \t\n"), ("text", "\x00"),
        ("text", "x" * 4_001),
        ("trusted", "yes"), ("trusted", 1), ("trusted", None),
        ("language", None), ("language", ""), ("language", "EN"), ("language", "e" * 100), ("language", 3),
        ("metadata", None), ("metadata", []), ("metadata", "x"),
        ("state", None), ("state", {}), ("state", "x"), ("state", [{}] * 501),
        ("state[0]", [{}]), ("state[0]", [5]), ("state[0]", [{"event": "reminder"}]),
        ("state[0]", [{"event": ["user"]}]),
        ("state[0]", [{"event": "slot", "name": ["a"]}]), ("state[0]", [{"event": "slot", "name": None}]),
        ("state[0]", [{"event": "user", "timestamp": "now"}]), ("state[0]", [{"event": "user", "parse_data": []}]),
        ("state[1]", [{"event": "pause"}, {"event": "unheard-of"}]),
    ],
)  # fmt: skip
def test_the_field_that_is_wrong_is_named(field: str, value: object) -> None:
    with pytest.raises(BadTurn) as refused:
        read(body(**{field.partition("[")[0]: value}))
    assert refused.value.field == field


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b"5", b"\xff\xfe", b'{"text": NaN}', b"[" * 100_000, b" " * (LARGEST_BODY + 1)]
)
def test_what_is_no_json_object_is_refused(raw: bytes) -> None:
    with pytest.raises(BadTurn) as refused:
        read(raw)
    assert refused.value.field == "body"


def test_a_field_nobody_knows_is_refused() -> None:
    with pytest.raises(BadTurn, match="sate"):
        read(body(sate=[]))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(st.dictionaries(st.sampled_from([*GOOD, "x"]), json_values))
def test_whatever_is_sent_is_read_or_refused(changed: dict[str, Any]) -> None:
    with suppress(BadTurn):
        read(body(**changed))
