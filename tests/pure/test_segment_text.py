"""The readable text of a segment: it reads as it is said, both ways, and says where it is wrong and what is right."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from crm_store.segments.expression import EXPRESSION, All, AnyOf, Condition, Expression, Not, conditions, normal
from crm_store.segments.fields import FIELDS
from crm_store.segments.text import SegmentTextRefused, as_text, from_text
from tests.pure.segment_expressions import EXPRESSIONS

READABLE = (
    "everybody",
    "tier in (gold, silver) and spent(90 days) >= 100.00 and not open_complaint and last_order > 60 days ago",
    "(tier = gold or risk >= 70) and not (was_sent(12, 30 days) or answered(12))",
    "bought(FA101, FA102, 90 days) or bought_category(\"Food Hall\", 30 days)",
    "allows(promotion, telegram) and reachable(telegram)",
    "age between 18 and 30 and birth_month in (3, 4)",
    "joined between 7 and 30 days ago and home_store != ORC",
    "points_lapsing(14 days) > 0 and coupons = 0",
    "not not has_email",
)  # fmt: skip


@pytest.mark.parametrize("text", READABLE)
def test_what_is_written_is_read_and_written_again(text: str) -> None:
    assert as_text(from_text(text)) == text


def refusal(text: str) -> SegmentTextRefused | None:
    try:
        from_text(text)
    except SegmentTextRefused as refused:
        return refused
    return None


@given(EXPRESSIONS)
def test_every_expression_is_read_back_as_it_was(expression: Expression) -> None:
    assert normal(from_text(as_text(expression))) == normal(expression)


@given(EXPRESSIONS)
def test_every_expression_is_kept_as_json(expression: Expression) -> None:
    assert EXPRESSION.validate_json(EXPRESSION.dump_json(expression)) == expression
    told = json.loads(json.dumps(EXPRESSION.dump_python(expression, mode="json")))
    assert EXPRESSION.validate_python(told) == expression


@given(st.text() | st.text(alphabet='()"<>=, and or not in tier gold 0123456789.days ago\n'))
def test_any_text_is_read_or_refused_with_a_place_in_it(text: str) -> None:
    if refused := refusal(text):
        lines = text.split("\n")
        assert 1 <= refused.line <= len(lines)
        assert 1 <= refused.column <= len(lines[refused.line - 1]) + 1


def test_and_binds_before_or_and_not_before_both() -> None:
    gold, mail, phone = from_text("tier = gold"), from_text("has_email"), from_text("has_phone")
    assert from_text("tier = gold and has_email or has_phone") == AnyOf(of=(All(of=(gold, mail)), phone))
    assert from_text("not has_email and has_phone") == All(of=(Not(of=mail), phone))


def test_lines_wide_brackets_and_capitals_are_no_matter() -> None:
    assert from_text("tier IN （gold，silver）\n  AND spent(90 days) >= 100") == from_text(
        "tier in (gold, silver) and spent(90 days) >= 100.00"
    )


REFUSED = (
    ("", 1, 1, "unexpected", "not"),
    ("teir = gold", 1, 1, "unknown_field", "tier"),
    ("tier = gold and\n  spend(9 days) > 1", 2, 3, "unknown_field", "spent"),
    ("tier > gold", 1, 6, "unexpected", "in (…)"),
    ("spent >= 1.005", 1, 10, "unexpected", "100.00"),
    ("last_order > 60", 1, 16, "unexpected", "days ago"),
    ("age >= eighteen", 1, 8, "unexpected", "60"),
    ("age >= 200", 1, 1, "number_range", "0-130"),
    ("age between 30 and 18", 1, 1, "between_order", ""),
    ("bought", 1, 1, "brackets", "1-100 skus"),
    ("wrote", 1, 1, "window_missing", ""),
    ("tier(90 days) = gold", 1, 1, "no_window", ""),
    ("stage = asleep", 1, 1, "not_one_of", "fading"),
    ("allows(adverts, email)", 1, 1, "not_one_of", "promotion"),
    ("has_email = yes", 1, 11, "unexpected", "and, or"),
    ("(has_email", 1, 11, "unexpected", ")"),
    ('tier = "gold', 1, 8, "open_string", ""),
    ("tier = gold; drop table customers", 1, 12, "bad_sign", ""),
    ('tier = "\\q"', 1, 8, "bad_string", ""),
    ("was_sent(birthday)", 1, 1, "not_a_number", "12"),
    ('tier = "\\ud800"', 1, 1, "value_length", "1-100"),
    ("not " * 40 + "has_email", 1, 49, "too_deep", "12"),
    ("has_email and " * 61 + "has_email", 1, 1, "too_many", "60"),
    ("x" * 20_001, 1, 1, "too_long", "20000"),
)


@pytest.mark.parametrize(("text", "line", "column", "code", "right"), REFUSED)
def test_a_text_that_cannot_be_read_says_where_and_what_would_be_right(
    text: str, line: int, column: int, code: str, right: str
) -> None:
    with pytest.raises(SegmentTextRefused) as refused:
        from_text(text)
    flaw = refused.value.flaw
    assert (refused.value.line, refused.value.column, flaw.code) == (line, column, code)
    assert right in flaw.values.get("right", "")


def test_a_condition_that_makes_no_sense_cannot_be_built() -> None:
    for wrong in (
        {"field": "tier", "op": "in", "values": (1,)},
        {"field": "age", "op": ">=", "values": ("18",)},
        {"field": "tier", "op": "in", "values": ()},
        {"field": "tier", "op": "in", "values": ("x" * 101,)},
        {"field": "has_email", "values": (1,)},
        {"field": "age", "op": "in", "values": (18,)},
        {"field": "wrote", "within": 4000},
        {"field": "was_sent", "about": ("not a number",)},
    ):
        with pytest.raises(ValidationError):
            Condition.model_validate(wrong)


def test_every_field_can_be_said() -> None:
    said = " and ".join(READABLE)
    assert {condition.field for condition in conditions(from_text(said))} <= set(FIELDS)
