"""Pure: the stage of a customer's life cycle and the risk of losing them, from when they bought. The rule is all here.

A shop wants to know who is new, growing, mature, fading or lost, and to be warned of who is about to leave while
something can still be done. What is long differs: who buys bread every week has left after two months, who buys a coat
every winter has not. So silence is measured against a customer's own rhythm, the median of the days between their
purchases, once there are three of them; before that, against what is usual in a shop.

- lost: silent for more than four times their rhythm, or a year; never before 90 days, always after two years
- fading: silent for more than twice their rhythm, or 120 days; never before 30 days, always after a year
- new: the first purchase was less than 60 days ago
- mature: five purchases or more, the first of them at least 180 days ago
- growing: everybody else

Who never bought is measured from the day they joined, and is new until they fade. The risk is the silence as a share of
the one after which they are lost, in steps of 5 so that it is not another one every night.
"""

from dataclasses import dataclass
from datetime import date, timedelta

STAGES = ("new", "growing", "mature", "fading", "lost")
RULES = {
    "usual_fading": 120,
    "usual_lost": 365,
    "soonest_fading": 30,
    "soonest_lost": 90,
    "latest_fading": 365,
    "latest_lost": 730,
    "rhythms_to_fading": 2,
    "rhythms_to_lost": 4,
    "least_days": 3,
    "new_days": 60,
    "mature_orders": 5,
    "mature_days": 180,
    "step": 5,
}
"""Days, but for counts of rhythms, of orders, and of days on which they bought before there is a rhythm."""


@dataclass(frozen=True)
class Bought:
    """What the rule looks at: how many orders; whole days since the first and the last, or since joining if none."""

    orders: int
    age: int
    silence: int
    rhythm: int | None


@dataclass(frozen=True)
class Stage:
    """`since`: when it began, as far as the rule can tell."""

    name: str
    since: date
    risk: int


def stage_of(bought: Bought, today: date) -> Stage:
    """The rule. `lifecycle_statement.py` says the same in SQL, with the same numbers."""
    fading, lost = _limit(bought.rhythm, "fading"), _limit(bought.rhythm, "lost")
    risk = min(100, bought.silence * 100 // lost // RULES["step"] * RULES["step"])

    def since(days_ago: int) -> date:
        return today - timedelta(days=days_ago)

    if bought.silence > lost:
        return Stage("lost", since(bought.silence - lost - 1), risk)
    if bought.silence > fading:
        return Stage("fading", since(bought.silence - fading - 1), risk)
    if bought.age < RULES["new_days"] or not bought.orders:
        return Stage("new", since(bought.age), risk)
    if bought.orders >= RULES["mature_orders"] and bought.age >= RULES["mature_days"]:
        return Stage("mature", since(bought.age - RULES["mature_days"]), risk)
    return Stage("growing", since(bought.age - RULES["new_days"]), risk)


def _limit(rhythm: int | None, stage: str) -> int:
    """Days of silence after which it is that stage."""
    if rhythm is None:
        return RULES[f"usual_{stage}"]
    own = rhythm * RULES[f"rhythms_to_{stage}"]
    return min(max(own, RULES[f"soonest_{stage}"]), RULES[f"latest_{stage}"])
