"""The way back from a change: it leads to what was allowed before, and what allows more wants a yes."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from crm_store.people.consent import ConsentEntry, Purpose
from crm_store.people.preferences import OccasionNote
from crm_store.people.rules import PreferenceRule, loosens, minutes_of
from crm_store.wishes.undoing import OccasionChange, RuleChange, consent_back, way_back

NOW = datetime(2026, 11, 23, tzinfo=UTC)
MOTHERS_DAY = OccasionNote("mothers_day", None, None, "solar", off=True)
CHANNELS = ("*", "email", "telegram")

clocks = st.integers(0, 23).map(lambda hour: f"{hour:02}:00")
entries = st.lists(
    st.tuples(st.sampled_from([Purpose.CARE, Purpose.PROMOTION]), st.sampled_from(CHANNELS), st.booleans()), max_size=6
)


def entry(purpose: str, channel: str, granted: bool) -> ConsentEntry:
    return ConsentEntry(purpose=purpose, channel=channel, granted=granted, at=NOW, source="chat")


def allowed(said: list[ConsentEntry], purpose: str, channel: str) -> bool:
    fitting = [each for each in said if each.purpose == purpose and each.channel in (channel, "*")]
    return bool(fitting and fitting[-1].granted)


def test_a_rule_goes_back_to_the_one_before_it() -> None:
    tightened = way_back([RuleChange("at_most", {"count": 1, "per": "month"}, {"count": 1, "per": "week"})], [], [])
    assert not tightened.at_once
    assert tightened.after_yes.rules == (PreferenceRule("at_most", {"count": 1, "per": "week"}),)
    loosened = way_back([RuleChange("at_most", {"count": 1, "per": "week"}, {"count": 1, "per": "month"})], [], [])
    assert loosened.at_once.rules == (PreferenceRule("at_most", {"count": 1, "per": "month"}),)
    assert not loosened.after_yes


def test_a_first_rule_is_lifted_only_after_a_yes_unless_it_forbade_nothing() -> None:
    assert way_back([RuleChange("hours", {"from": "10:00"}, {})], [], []).after_yes
    assert way_back([RuleChange("zone", {"zone": "Asia/Tokyo", "until": "2026-11-29"}, {})], [], []).at_once


def test_a_refused_festival_is_welcome_again_only_after_a_yes() -> None:
    back = way_back([], [OccasionChange(MOTHERS_DAY, None)], [])
    assert [note.off for note in back.after_yes.occasions] == [False]
    birthday = OccasionNote("birthday", 5, 3, "solar", off=False)
    corrected = replace(birthday, day=4)
    assert way_back([], [OccasionChange(corrected, birthday)], []).at_once.occasions == (birthday,)
    assert [note.off for note in way_back([], [OccasionChange(birthday, None)], []).at_once.occasions] == [True]


@given(entries, entries)
def test_going_back_allows_exactly_what_was_allowed_before(
    before: list[tuple[str, str, bool]], change: list[tuple[str, str, bool]]
) -> None:
    was = [entry(*each) for each in before]
    changed = [entry(*each) for each in change]
    choices = consent_back(was, changed)
    after = [*was, *changed, *(entry(*choice) for choice in choices)]
    for purpose in (Purpose.CARE, Purpose.PROMOTION):
        for channel in CHANNELS[1:]:
            told = {key for each in (*before, *change) if each[0] == purpose for key in (each[1],)}
            if channel in told or "*" not in told:
                assert allowed(after, purpose, channel) == allowed(was, purpose, channel)
            else:
                assert not allowed(after, purpose, channel) or allowed(was, purpose, channel)


@given(clocks, clocks, clocks, clocks)
def test_hours_are_looser_exactly_when_they_allow_a_minute_more(a: str, b: str, c: str, d: str) -> None:
    before, after = {"from": a, "to": b}, {"from": c, "to": d}
    more = bool(minutes_of(after) - minutes_of(before))
    assert loosens(before, PreferenceRule("hours", after)) is more


@given(st.sets(st.integers(0, 6), min_size=1), st.sets(st.integers(0, 6), min_size=1))
def test_days_are_looser_exactly_when_they_allow_a_day_more(before: set[int], after: set[int]) -> None:
    looser = loosens({"days": sorted(before)}, PreferenceRule("days", {"days": sorted(after)}))
    assert looser is bool(after - before)
