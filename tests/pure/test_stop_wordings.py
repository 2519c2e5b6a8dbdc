"""Acceptance of a stop: at once in every wording that says nothing else, and only then."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.stop_words import is_all_stop
from bot.conversation.words import Plain, read_words
from tests.nlu.training_files import LANGUAGES, examples

WORDS = read_words()
WORDINGS: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("stop_wordings.yml").read_text(encoding="utf-8"))
STOPS = [str(wording) for wordings in WORDINGS["stops"].values() for wording in wordings]
NO_STOPS = [str(wording) for wording in WORDINGS["no_stops"]]


def test_there_are_three_hundred_of_them() -> None:
    assert len({*STOPS}) == len(STOPS)
    assert len(STOPS) >= 300
    assert len(NO_STOPS) >= 120


@pytest.mark.parametrize("text", STOPS)
def test_a_stop_is_one_before_any_model(text: str) -> None:
    assert WORDS.meaning(text) is Plain.STOP


@pytest.mark.parametrize("text", NO_STOPS)
def test_what_is_no_stop_stops_nothing(text: str) -> None:
    assert WORDS.meaning(text) is not Plain.STOP


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_all_training_lines_only_those_of_a_stop_are_one(language: str) -> None:
    lines = [(intent, line) for intent, lines in examples(language).items() for line in lines]
    heard = {(intent, line) for intent, line in lines if WORDS.meaning(line) is Plain.STOP}
    assert {told for told in heard if told[0] != "stop_all"} <= {("goodbye", "quit")}


@given(
    st.sampled_from(STOPS),
    st.sampled_from(["about my order", "the red mug", "关于我的订单", "红色的杯子", "where is it"]),
)
def test_a_stop_beside_which_anything_is_said_is_left_to_who_understands_it(stop: str, more: str) -> None:
    assert not is_all_stop(f"{stop} {more}")


@given(st.text(max_size=300))
def test_any_text_at_all_can_be_looked_at(text: str) -> None:
    assert WORDS.meaning(text) in (None, *Plain)
