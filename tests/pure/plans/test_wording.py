"""Words with values in them: read once, so that nothing a customer is called can say anything else."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_store.model import Languages
from crm_store.plans.plan import Content, Plan
from crm_store.plans.variables import (
    day_words,
    first_name,
    fitted,
    how_to_stop,
    money,
    samples,
    says_how_to_stop,
    variables,
)
from crm_store.plans.wording import (
    ContentMissing,
    ValueMissing,
    WordingBroken,
    content_for,
    filled,
    names_in,
    plainly_braced,
    render,
    rendered_choices,
    rendered_subject,
)
from tests.pure.plans.texts import DAY

hostile = st.text(alphabet=st.sampled_from("{}a_n\n 名%$<&")) | st.text()
names = st.sampled_from(sorted(variables()))


@given(st.lists(st.tuples(hostile, names)), hostile, st.dictionaries(names, hostile))
def test_a_value_is_put_in_as_it_is_and_never_read(
    parts: list[tuple[str, str]], end: str, held: dict[str, str]
) -> None:
    """Customer text is data: braces, percent signs and markup in a value are only signs."""
    values = {name: held.get(name, "{name}{{") for name in variables()}
    text = "".join(f"{plainly_braced(plain)}{{{name}}}" for plain, name in parts) + plainly_braced(end)
    assert filled(text, values) == "".join(plain + values[name] for plain, name in parts) + end
    assert names_in(text) == {name for _, name in parts}


@given(hostile)
def test_what_is_braced_plainly_says_just_that(text: str) -> None:
    assert filled(plainly_braced(text), {}) == text
    assert names_in(plainly_braced(text)) == frozenset()


@given(hostile)
def test_any_text_is_read_to_its_end_or_refused_with_its_line(text: str) -> None:
    try:
        found = names_in(text)
    except WordingBroken as refused:
        line = refused.line
    else:
        line = 1
        assert all(set(name) <= set(string.ascii_lowercase + string.digits + "_") for name in found)
    assert 1 <= line <= text.count("\n") + 1


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("{", 1),
        ("a\n}", 2),
        ("{ name }", 1),
        ("{name", 1),
        ("x\ny\n{Name}", 3),
        ("{}", 1),
        ("{name!r}", 1),
        ("{a.b}", 1),
    ],
)
def test_a_broken_brace_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(WordingBroken) as refused:
        names_in(text)
    assert refused.value.line == line


def test_nothing_goes_out_with_a_value_missing() -> None:
    with pytest.raises(ValueMissing, match="coupon_code"):
        render(Content(language="en", text="Yours: {coupon_code}"), {"name": "Emma"})


def test_a_subject_and_a_quick_reply_stay_on_one_line() -> None:
    """A name with a line break in it makes no header of its own."""
    content = Content(language="en", text="x", subject="For {name}", choices=("Yes, {name}",))
    values = {"name": "Emma\r\nBcc: all@example.com"}
    assert rendered_subject(content, values) == "For Emma Bcc: all@example.com"
    assert rendered_choices(content, values) == ("Yes, Emma Bcc: all@example.com",)


def test_a_channel_has_its_own_words_or_those_for_every_channel() -> None:
    """listmonk #905: one campaign holds every language; nobody needs one for each."""
    plan = Plan(
        contents=(
            Content(language="en", text="all"),
            Content(language="en", channel="sms", text="short"),
            Content(language="zh", text="大家"),
            Content(language="zh", channel="sms", text="  "),
        )
    )
    assert content_for(plan, "sms", "en").text == "short"
    assert content_for(plan, "telegram", "en").text == "all"
    assert content_for(plan, "telegram", "zh").text == "大家"
    with pytest.raises(ContentMissing):
        content_for(plan, "sms", "zh")


def test_another_language_is_never_sent_in_its_place() -> None:
    with pytest.raises(ContentMissing, match="telegram in zh"):
        content_for(Plan(contents=(Content(language="en", text="all"),)), "telegram", "zh")


@given(names, st.text())
def test_a_value_is_one_visible_line_and_no_longer_than_was_counted_on(name: str, value: str) -> None:
    line = fitted(name, value)
    assert "\n" not in line
    assert "‮" not in line
    assert len(line) <= variables()[name].longest or name == "preferences_link"


@pytest.mark.parametrize(
    ("name", "spoken"),
    [
        ("Emma Tan", "Emma"),
        ("林晓梅", "林晓梅"),
        ("Wei Ling Tan", "Wei Ling Tan"),
        ("Mrs Tan", "Mrs Tan"),
        ("Dr. Tan", "Dr. Tan"),
        ("Cher", "Cher"),
        ("José Silva", "José"),
        ("Ng Mei", "Ng Mei"),
        ("  ", ""),
    ],
)
def test_nobody_is_called_by_half_a_name(name: str, spoken: str) -> None:
    assert first_name(name) == spoken


def test_money_and_days_are_said_in_each_language() -> None:
    assert [money(2480, "en"), money(300, "zh"), money(123456, "en")] == ["S$24.80", "S$3", "S$1,234.56"]
    assert [day_words(DAY, "en"), day_words(DAY, "zh")] == ["31 December", "12月31日"]


@pytest.mark.parametrize("language", Languages)
def test_every_variable_has_a_sample_and_ours_tell_how_to_stop(language: str) -> None:
    assert set(samples(language)) == set(variables())
    assert all(value == fitted(name, value) for name, value in samples(language).items())
    assert says_how_to_stop(how_to_stop(language), language)
    assert samples(language)["how_to_stop"] == how_to_stop(language)
