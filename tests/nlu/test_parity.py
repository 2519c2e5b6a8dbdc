"""Training lines: the same intents in the same files in every language, enough of them, none twice."""

from collections import Counter, defaultdict

import pytest

from nlu.components.words import fold
from tests.nlu.training_files import LANGUAGES, examples, files, intents

FEWEST = 60
INTENTS = {
    "greet", "goodbye", "thank", "affirm", "deny", "bot_challenge", "ask_capabilities", "ask_human",
    "ask_points", "redeem_points", "ask_tier", "ask_coupons", "ask_membership", "update_profile", "account_problem",
    "ask_order_status", "place_order", "change_order", "cancel_order", "ask_return", "ask_refund",
    "ask_delivery", "change_delivery", "ask_payment", "ask_invoice", "ask_product", "ask_price", "ask_promotion",
    "ask_store", "make_complaint", "complaint_status", "give_feedback", "change_consent", "stop_all",
    "set_preference", "ask_preferences", "why_message", "rate", "inform", "set_language", "set_occasion",
    "link_account", "out_of_scope",
}  # fmt: skip


def test_every_language_has_the_same_files_with_the_same_intents() -> None:
    layouts = [{path.name: intents(path) for path in files(language)} for language in LANGUAGES]
    assert all(layout == layouts[0] for layout in layouts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_intents_are_exactly_those_agreed(language: str) -> None:
    assert set(examples(language)) == INTENTS


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_intent_has_enough_lines(language: str) -> None:
    assert {intent: len(lines) for intent, lines in examples(language).items() if len(lines) < FEWEST} == {}


def test_no_line_belongs_to_two_intents_whatever_its_capitals_and_script() -> None:
    owners = defaultdict(set)
    for language in LANGUAGES:
        for intent, lines in examples(language).items():
            for line in lines:
                owners[fold(line)].add(intent)
    assert {line: who for line, who in owners.items() if len(who) > 1} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_stands_twice_in_an_intent(language: str) -> None:
    counted = Counter((intent, fold(line)) for intent, lines in examples(language).items() for line in lines)
    assert [line for line, times in counted.items() if times > 1] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_is_empty_or_marks_entities(language: str) -> None:
    lines = [line for each in examples(language).values() for line in each]
    assert [line for line in lines if not line or "](" in line or line.startswith("/")] == []
