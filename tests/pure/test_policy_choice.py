from crm_store.promises.calendar_form import read_calendar
from crm_store.promises.choice import CalendarOf, Circumstances, ClockKind, Policy, promises_for

DESK = CalendarOf(1, "desk", 3, read_calendar("UTC", {"0": [["09:00", "18:00"]]}, []))
PLAIN = Circumstances("normal", "delivery", "member", "S1")


def policy(number: int, rank: int, minutes: int | None, **conditions: list[str]) -> Policy:
    return Policy(number, f"p{number}", 2, rank, conditions, "desk", dict.fromkeys(ClockKind, minutes))


FLOOR = policy(1, 100, 240)


def chosen(case: Circumstances, *policies: Policy) -> list[int]:
    return [terms.policy_id for terms in promises_for(case, policies, {"desk": DESK})[ClockKind.FIRST_ANSWER]]


def test_the_fitting_policy_of_the_lowest_rank_stands_beside_the_floor() -> None:
    gold, severe = policy(2, 20, 120, tier=["gold"]), policy(3, 10, 60, severity=["high"])
    assert chosen(Circumstances("high", "delivery", "gold"), gold, FLOOR, severe) == [3, 1]
    assert chosen(Circumstances("normal", "delivery", "gold"), gold, FLOOR, severe) == [2, 1]
    assert chosen(PLAIN, gold, FLOOR, severe) == [1]


def test_all_conditions_named_must_hold_and_any_value_of_each() -> None:
    both = policy(2, 10, 60, category=["delivery", "damaged"], store=["S1"])
    assert chosen(PLAIN, both, FLOOR) == [2, 1]
    assert chosen(Circumstances("normal", "delivery", None, "S2"), both, FLOOR) == [1]
    assert chosen(Circumstances("normal", "delivery"), both, FLOOR) == [1]


def test_where_the_fitting_policy_promises_nothing_the_floor_does() -> None:
    assert chosen(PLAIN, policy(2, 10, None, tier=["member"]), FLOOR) == [1]
    assert chosen(PLAIN, policy(1, 10, None)) == []


def test_the_versions_that_decided_are_kept_with_the_promise() -> None:
    (terms,) = promises_for(PLAIN, [FLOOR], {"desk": DESK})[ClockKind.RESOLUTION]
    assert (terms.target, terms.policy, terms.policy_version) == (14_400, "p1", 2)
    assert (terms.calendar.name, terms.calendar.version) == ("desk", 3)


def test_a_policy_whose_calendar_is_gone_promises_nothing() -> None:
    assert promises_for(PLAIN, [FLOOR], {})[ClockKind.FIRST_ANSWER] == ()
