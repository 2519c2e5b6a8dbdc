"""Whatever a plan, its check and its history can say has words; triggers are filled in and read back the same."""

import re
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import crm_store.plans.checking as checking
import crm_store.plans.content_checking as content_checking
from console.frame.texts import read_texts
from console.plans.form import plan_of, typed
from console.plans.sms import Parts, parts_of
from console.plans.when import KINDS, Simple, simply
from crm_store.campaigns.moves import Move
from crm_store.decision.decision import Reason
from crm_store.people.consent import Purpose
from crm_store.plans.plan import Anniversary, Once, OnEvent, Plan, Repeating, Trigger
from crm_store.plans.programmes import programmes

TEXTS = read_texts({"en": "Willowmere", "zh": "柳岸百货"})


def codes() -> set[str]:
    """Every code that a check in the store names."""
    found = {"missing", "not_cron", "opt_out_link_missing", "opt_out_sentence_missing", "link_without_opt_out"}
    for module in (checking, content_checking):
        assert module.__file__
        found |= set(
            re.findall(r'Problem\([^"\n]*(?:"[^"\n]*"[^"\n]*)?, (?:\d|[a-z.]+), "(\w+)"', _text(module.__file__))
        )
    return found


def _text(file: str) -> str:
    return Path(file).read_text("utf-8")


def test_every_problem_has_words() -> None:
    found = codes()
    assert len(found) > 20
    missing = {code for code in found if not TEXTS.has(f"plans.problem_{code}")} - {"missing"}
    assert missing == set()
    for field in ("segment_id", "trigger_at", "trigger_cron", "channels", "asks", "subject"):
        assert TEXTS.has(f"plans.problem_missing_{field}")


@pytest.mark.parametrize(
    ("prefix", "names"),
    [
        ("recipients.gate_", Reason),
        ("campaigns.event_", ("made", "renamed", "rate", *Move)),
        ("plans.trigger_", KINDS),
        ("plans.purpose_is_", Purpose),
        ("campaigns.stands_", ("paused", "halted", "lane_paused", "not_connected")),
        ("plans.finding_", ("truncated", "choices_as_text", "choices_cut")),
    ],
)
def test_every_machine_word_of_these_rooms_has_words(prefix: str, names: tuple[str, ...]) -> None:
    assert [name for name in names if not TEXTS.has(f"{prefix}{name}")] == []


def test_every_programme_is_filled_in_and_read_back_the_same() -> None:
    for ready in programmes().values():
        again, unread = plan_of(typed("x", 1, ready.plan), Plan(), ready.purpose)
        assert (again, unread) == (ready.plan, []), ready.name


MINUTE = st.times().map(lambda time: time.replace(second=0, microsecond=0, fold=0))
CLOCK = st.times().map(lambda time: f"{time:%H:%M}")
TRIGGERS: st.SearchStrategy[Trigger] = st.one_of(
    st.builds(
        Once,
        at=st.builds(datetime.combine, st.dates(date(2026, 1, 1), date(2090, 1, 1)), MINUTE),
        clock=st.sampled_from(["shop", "local"]),
    ),
    st.builds(Anniversary, of=st.sampled_from(["birthday", "mid_autumn"]), days=st.integers(-60, 60), at_clock=CLOCK),
    st.builds(OnEvent, of=st.just("purchase"), hours=st.integers(0, 2160), at_clock=st.none() | CLOCK),
    st.builds(Repeating, cron=st.sampled_from(["0 9 1-7 * *", "*/5 * * * *", "0 0 * 3 mon"]), at_clock=st.none()),
    st.builds(
        lambda at, rest, local: Repeating(cron=f"{int(at[3:])} {int(at[:2])} {rest}", at_clock=at if local else None),
        CLOCK,
        st.sampled_from(["* * *", "* * mon,fri", "31 * *"]),
        st.booleans(),
    ),
)


@given(TRIGGERS)
def test_every_trigger_is_filled_in_and_read_back_the_same(trigger: Trigger) -> None:
    again, unread = plan_of(typed("x", 1, Plan(trigger=trigger)), Plan(), Purpose.CARE)
    assert (again.trigger, unread) == (trigger, [])


@pytest.mark.parametrize(
    ("cron", "simple"),
    [
        ("30 9 * * *", Simple("day", "09:30")),
        ("0 18 * * mon,sun", Simple("week", "18:00", ("mon", "sun"))),
        ("5 7 15 * *", Simple("month", "07:05", (), 15)),
        ("0 9 1 * mon", None),
        ("*/5 * * * *", None),
        ("0 25 * * *", None),
        ("", None),
    ],
)
def test_only_what_a_form_can_say_is_shown_as_a_form(cron: str, simple: Simple | None) -> None:
    assert simply(cron) == simple


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a" * 160, Parts(1, 0, False)),
        ("a" * 161, Parts(2, 145, False)),
        ("€" * 80, Parts(1, 0, False)),
        ("好" * 70, Parts(1, 0, True)),
        ("好" * 71, Parts(2, 63, True)),
        ("😀" * 35, Parts(1, 0, True)),
    ],
)
def test_an_sms_is_counted_as_networks_count_it(text: str, parts: Parts) -> None:
    assert parts_of(text) == parts
