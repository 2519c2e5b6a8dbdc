"""The fields of the preference page, its seals and its links, as pure functions."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import get_args

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.signed_links import number_in, signed
from bot.web.preferences.fields import OCCASIONS, Fields, Problem, Unclear, changes, fields_from, fields_in, rules_of
from bot.web.preferences.pages import FOLDER, NOTES
from bot.web.preferences.seal import opened, sealed
from bot.web.preferences.wording import Wording
from crm_store.people.consent import STOPPABLE
from crm_store.people.occasion_words import PERSONAL
from crm_store.wishes.sheet import CHANNELS

SECRET = b"0123456789abcdef0123456789abcdef"
NOW = datetime(2026, 11, 23, tzinfo=UTC)
TODAY = date(2026, 11, 23)
TEXTS = yaml.safe_load((FOLDER / "texts.yml").read_text("utf-8"))

keys = st.sampled_from([f"{purpose}:{channel}" for purpose in STOPPABLE for channel in CHANNELS])
clocks = st.integers(0, 23).map(lambda hour: f"{hour:02}:30")
all_fields = st.builds(
    Fields,
    allow=st.frozensets(keys),
    start=clocks | st.just(""),
    end=st.just("") | st.integers(0, 23).map(lambda hour: f"{hour:02}:00"),
    days=st.frozensets(st.integers(0, 6), min_size=1),
    count=st.just("") | st.integers(1, 99).map(str),
    per=st.sampled_from(["day", "week", "month", "year"]),
    until=st.just("") | st.integers(1, 3000).map(lambda days: (TODAY + timedelta(days=days)).isoformat()),
    style=st.sampled_from(["push", "pull"]),
    welcome=st.frozensets(st.sampled_from(OCCASIONS)),
    impersonal=st.booleans(),
    language=st.sampled_from(["en", "zh"]),
)


def form_of(fields: Fields) -> list[tuple[str, str]]:
    """As a browser sends it."""
    return [
        *(("allow", key) for key in sorted(fields.allow)),
        *(("day", str(day)) for day in sorted(fields.days)),
        *(("welcome", kind) for kind in sorted(fields.welcome)),
        *([("impersonal", "1")] if fields.impersonal else []),
        ("from", fields.start), ("to", fields.end), ("count", fields.count), ("per", fields.per),
        ("until", fields.until), ("style", fields.style), ("wanted", fields.language),
    ]  # fmt: skip


@given(all_fields)
def test_a_form_comes_back_as_it_was_shown(shown: Fields) -> None:
    assert fields_in(form_of(shown), CHANNELS, TODAY) == shown
    assert fields_from(shown.as_json()) == shown
    assert not changes(shown, shown)


@given(all_fields, all_fields)
def test_exactly_what_differs_is_changed(shown: Fields, posted: Fields) -> None:
    found = changes(shown, posted)
    given_keys = {f"{purpose}:{channel}" for purpose, channel in found.given}
    taken_keys = {f"{purpose}:{channel}" for purpose, channel in found.taken}
    assert (shown.allow - taken_keys) | given_keys == posted.allow
    before, after = rules_of(shown), rules_of(posted)
    assert {rule.kind for rule in found.rules} == {kind for kind in after if before[kind] != after[kind]}
    assert {note.kind for note in found.occasions if note.off} == shown.welcome - posted.welcome


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["allow", "day", "from", "to", "count", "until", "style", "seal"]), st.text(max_size=30)
        )
    )
)
def test_no_form_whatever_breaks_the_reading(form: list[tuple[str, str]]) -> None:
    with suppress(Unclear):
        fields_in(form, CHANNELS, TODAY)


def test_every_problem_has_its_sentence() -> None:
    assert set(get_args(Problem)) <= set(TEXTS)
    assert set(NOTES) <= set(TEXTS)


def test_channels_that_were_not_offered_cannot_be_ticked() -> None:
    form = [("allow", "care:wechat"), ("allow", "service:email"), ("allow", "care:email"), ("day", "0")]
    told = [("per", "day"), ("style", "push"), ("wanted", "en")]
    assert fields_in([*form, *told], ("email",), TODAY).allow == {"care:email"}


@given(st.text(max_size=200), st.text(alphabet="abc-_1", max_size=40), st.integers(0, 20 * 3600))
def test_a_seal_opens_for_its_own_page_and_for_half_a_day(shown: str, token: str, seconds: int) -> None:
    seal = sealed(SECRET, token, shown, NOW)
    later = NOW + timedelta(seconds=seconds)
    assert opened(SECRET, token, seal, later) == (shown if seconds < 12 * 3600 else None)
    assert opened(SECRET, f"{token}x", seal, NOW) is None
    assert opened(b"another secret of thirty-two byte", token, seal, NOW) is None


@given(st.text(max_size=300))
def test_no_text_whatever_is_a_seal_or_a_link(text: str) -> None:
    assert opened(SECRET, "t", text, NOW) is None
    assert number_in(SECRET, "preferences", text) is None


@given(st.integers(0, 2**63 - 1), st.integers(0, 38), st.integers(1, 63))
def test_a_link_says_its_number_to_us_alone_and_not_one_sign_of_it_can_be_changed(
    number: int, place: int, by: int
) -> None:
    token = signed(SECRET, "preferences", number)
    assert number_in(SECRET, "preferences", token) == number
    assert number_in(SECRET, "opt-in", token) is None
    assert number_in(b"", "preferences", token) is None
    signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    other = signs[(signs.index(token[place]) + by) % 64]
    assert number_in(SECRET, "preferences", token[:place] + other + token[place + 1 :]) is None


def test_every_sentence_of_the_page_is_used_and_every_used_one_exists() -> None:
    sources = "".join(path.read_text("utf-8") for path in [*FOLDER.glob("*.html"), *FOLDER.glob("*.py")])
    built = ("ask_", "channel_", "day_", "per_", "style_", "occasion_", "rule_", "aside_", "lost_", "busy_", "left_",
             "confirm_", "confirmed_")  # fmt: skip
    unused = [
        key for key in TEXTS if not key.startswith(built) and f"t.{key}" not in sources and f'"{key}"' not in sources
    ]
    assert unused == []
    named = [f"channel_{channel}" for channel in CHANNELS] + [f"occasion_{kind}" for kind in OCCASIONS]
    assert set(named) <= set(TEXTS)
    assert set(OCCASIONS) >= PERSONAL


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_kind_of_rule_has_its_question_and_its_answer(language: str) -> None:
    wording = Wording({key: told[language] for key, told in TEXTS.items()}, language, "v")
    told = Fields(frozenset(), "10:00", "", frozenset({0}), "1", "week", "2027-01-01", "pull", frozenset(), True, "zh")
    for kind, value in rules_of(told).items():
        for each in (value, {}) if kind not in ("style", "impersonal", "language") else (value,):
            question, answer = wording.rule(kind, each)
            assert question
            assert answer
    for kind, value in (
        ("only", {"occasions": ["birthday"]}),
        ("stage", {"stage": "after"}),
        ("channels", {"first": ["sms"]}),
    ):
        assert wording.chat_rule(kind, value)
