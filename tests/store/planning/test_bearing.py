"""Contacts that are left out of a question because they cannot bear on it never change the answer."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as some

from crm_store.decision.decide import decide
from crm_store.decision.facts import Facts, Permission, Rank, Reach, Rules, Standing, Zone
from crm_store.decision.message import Cap, Message, Policy
from crm_store.decision.policy_text import DEFAULTS
from crm_store.people.consent import Purpose
from crm_store.standings.bearing import Bearing
from crm_store.standings.contacts import Told, contacts_of

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
RANKS = {1: Rank(0, 5, NOW, 1), 2: Rank(3, 2, NOW, 2), 3: Rank(3, 9, NOW, 3)}
PURPOSES = [purpose.value for purpose in Purpose if purpose is not Purpose.SERVICE]

hours = some.integers(-900, 200)
told = some.tuples(
    hours.map(lambda each: NOW + timedelta(hours=each)),
    some.sampled_from(PURPOSES),
    some.sampled_from(["telegram", "email"]),
    some.sampled_from([None, None, 1, 2, 3]),
)
caps = some.lists(
    some.builds(Cap, some.integers(0, 4), some.integers(1, 900).map(lambda each: timedelta(hours=each))), max_size=2
).map(tuple)
policies = some.builds(
    lambda overall, promotion, telegram, gap: Policy(
        version=1,
        zone="Asia/Singapore",
        hours=DEFAULTS.hours,
        unsure_hours=DEFAULTS.unsure_hours,
        overall=overall,
        by_purpose={Purpose.PROMOTION: promotion},
        by_channel={"telegram": telegram},
        gap=timedelta(hours=gap),
    ),
    caps,
    caps,
    caps,
    some.integers(0, 100),
)
messages = some.builds(
    lambda purpose, days, day, wait: Message(
        occurrence=7,
        purpose=Purpose(purpose),
        channels=("telegram", "email"),
        expires_at=NOW + timedelta(days=days),
        day=day,
        at_clock="10:00" if day else None,
        not_before=NOW + timedelta(hours=wait) if wait else None,
    ),
    some.sampled_from(list(Purpose)),
    some.integers(1, 40),
    some.sampled_from([None, "2026-11-24", "2026-12-20"]),
    some.sampled_from([0, 30, 400]),
)
own_caps = some.none() | some.tuples(some.integers(1, 4), some.sampled_from(["day", "week", "month", "year"]))


@given(some.lists(told, max_size=6), messages, policies, own_caps)
def test_the_answer_is_the_same_without_the_contacts_that_do_not_bear(
    contacts: list[Told], message: Message, policy: Policy, own: tuple[int, str] | None
) -> None:
    standing = Standing(
        "en",
        Zone("Asia/Singapore", "said"),
        permissions=tuple(Permission(purpose, "*", True, place) for place, purpose in enumerate(Purpose)),
        reach=(Reach("email", "ok"), Reach("telegram", "ok")),
        rules=Rules(at_most=own),
    )
    ordered = tuple(sorted(contacts, key=lambda each: each[0]))
    bearing = Bearing(message, NOW, policy).of(ordered, RANKS, own)
    whole, less = (
        decide(Facts(standing, contacts=contacts_of(each, RANKS)), message, NOW, policy) for each in (ordered, bearing)
    )
    assert whole == less
