"""Who is in a segment by points, coupons, life cycle, contacts, complaints, consent and campaigns."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from crm_store.answers.surveys import SurveyAnswer
from crm_store.cases.complaints import Complaint
from crm_store.database import Store
from crm_store.loyalty.coupons import Coupon
from crm_store.loyalty.points import PointsEntry
from crm_store.people.consent import ConsentEntry
from crm_store.people.identities import ChannelIdentity
from crm_store.planning.touches import Touch
from crm_store.segments.comparing import Op
from crm_store.segments.expression import Condition, Not
from crm_store.segments.fields import FIELDS
from crm_store.segments.records import READ
from crm_store.tables import metadata
from crm_store.talks.conversations import Conversation
from crm_store.touchpoints.lifecycles import Lifecycle
from crm_store.touchpoints.touchpoints import Touchpoint
from tests.store.crowd import NOW, TODAY, Crowd, ago
from tests.store.test_segment_members import is_, number, one_of


@pytest.fixture
async def crowd(store: Store) -> Crowd:
    made = Crowd(store)
    for name in ("Ann", "Bo"):
        await made.customer(name)
    return made


def entry(owner: int, delta: int, lapses: date | None = None, days: float = 10) -> PointsEntry:
    return PointsEntry(customer_id=owner, at=ago(days), delta=delta, reason="purchase", expires_on=lapses)


async def identity(crowd: Crowd, owner: str | None, address: str, **values: Any) -> int:
    channel = values.pop("channel", "telegram")
    row = ChannelIdentity(channel=channel, account="a", address=address, created_at=NOW, **values)
    row.customer_id = crowd.ids[owner] if owner else None
    await crowd.keep(row)
    return row.id


def test_every_column_that_segments_read_exists() -> None:
    for read in READ:
        known = metadata.tables[read.name].columns
        assert {column.name for column in read.columns} <= set(known.keys())


def test_the_catalogue_names_every_field_once() -> None:
    assert len(FIELDS) == 37


async def test_points_in_hand(crowd: Crowd) -> None:
    ann = crowd.ids["Ann"]
    await crowd.keep(entry(ann, 500), entry(ann, -200))
    assert await crowd.who(number("points", ">=", 300)) == {"Ann"}
    assert await crowd.who(number("points", "<", 300)) == {"Bo"}
    assert await crowd.who(number("points", "between", 0, 300)) == {"Ann", "Bo"}


async def test_points_that_lapse_soon_are_what_is_left_of_them(crowd: Crowd) -> None:
    ann, soon, later = crowd.ids["Ann"], TODAY + timedelta(10), TODAY + timedelta(100)
    await crowd.keep(entry(ann, 500, soon, 9), entry(ann, 100, later, 8), entry(ann, -200, None, 7))
    assert await crowd.who(number("points_lapsing", "=", 300, within=10)) == {"Ann"}
    assert await crowd.who(number("points_lapsing", ">", 0, within=9)) == set()
    assert await crowd.who(number("points_lapsing", "=", 400, within=100)) == {"Ann"}
    assert await crowd.who(number("points_lapsing", "<", 300, within=10)) == {"Bo"}


async def test_coupons_that_can_be_used_today(crowd: Crowd) -> None:
    def coupon(code: str, days: int, **values: Any) -> Coupon:
        ends = {"valid_from": TODAY - timedelta(30), "valid_until": TODAY + timedelta(days)}
        return Coupon(
            code=code, customer_id=crowd.ids["Ann"], title={}, value_cents=500, min_spend_cents=0, **(ends | values)
        )  # fmt: skip

    not_yet = {"valid_from": TODAY + timedelta(1)}
    await crowd.keep(coupon("a", 5), coupon("b", 50), coupon("c", 5, used_at=NOW), coupon("d", 50, **not_yet))
    await crowd.keep(coupon("e", -1))
    assert await crowd.who(number("coupons", "=", 2)) == {"Ann"}
    assert await crowd.who(number("coupons", "=", 0)) == {"Bo"}
    assert await crowd.who(number("coupons_lapsing", "=", 1, within=7)) == {"Ann"}
    assert await crowd.who(number("coupons_lapsing", ">=", 1, within=4)) == set()


async def test_life_cycle_risk_and_spending_come_from_the_nightly_count(crowd: Crowd) -> None:
    counted = {"orders": 4, "spent_cents": 40000, "spent_year_cents": 30000}
    await crowd.keep(
        Lifecycle(customer_id=crowd.ids["Ann"], stage="fading", since=TODAY, risk=60, counted_at=NOW, **counted)
    )
    assert await crowd.who(one_of("stage", "fading", "lost")) == {"Ann"}
    assert await crowd.who(Condition(field="stage", op=Op.NOT_IN, values=("fading",))) == {"Bo"}
    assert await crowd.who(number("risk", ">=", 60)) == {"Ann"}
    assert await crowd.who(number("risk", "<", 60)) == {"Bo"}
    assert await crowd.who(number("orders", ">", 3)) == {"Ann"}
    assert await crowd.who(number("spent", ">=", 40000)) == {"Ann"}
    assert await crowd.who(number("spent", ">=", 30001, within=365)) == set()
    assert await crowd.who(number("average_basket", "=", 10000)) == {"Ann"}


async def test_touchpoints_by_kind_and_window(crowd: Crowd) -> None:
    for key, kind, days in (("1", "visit", 5), ("2", "visit", 40), ("3", "kiosk", 5)):
        point = Touchpoint(kind=kind, at=ago(days), source="door", source_key=key, detail={})
        point.customer_id = crowd.ids["Ann"]
        await crowd.keep(point)
    assert await crowd.who(number("happened", ">=", 1, about=("visit",), within=30)) == {"Ann"}
    assert await crowd.who(number("happened", "=", 2, about=("visit", "kiosk"), within=30)) == {"Ann"}
    assert await crowd.who(number("happened", ">=", 3, about=("visit",))) == set()


async def test_complaints_are_theirs_by_name_by_linked_address_and_through_a_merge(crowd: Crowd) -> None:
    await crowd.customer("Cy")
    count = 0

    def complaint(**values: Any) -> Complaint:
        nonlocal count
        count += 1
        common = {"category": "delivery", "what_happened": "late", "language": "en", "changed_at": NOW}
        return Complaint(number=f"C{count}", **(common | {"opened_at": ago(5), "state": "received"} | values))

    live = complaint(identity_id=await identity(crowd, "Bo", "bo"))
    await crowd.keep(live)
    closed = {"state": "closed", "closed_at": NOW}
    await crowd.keep(complaint(customer_id=crowd.ids["Ann"], opened_at=ago(50), **closed))
    await crowd.keep(complaint(customer_id=crowd.ids["Cy"], merged_into=live.id, **closed))
    assert await crowd.who(is_("open_complaint")) == {"Bo", "Cy"}
    assert await crowd.who(Not(of=is_("open_complaint"))) == {"Ann"}
    assert await crowd.who(number("complaints", ">=", 1)) == {"Ann", "Bo"}
    assert await crowd.who(number("complaints", ">=", 1, within=30)) == {"Bo"}


async def test_satisfaction_is_the_newest_score(crowd: Crowd) -> None:
    for owner, score, days in (("Ann", 1, 40), ("Ann", 5, 3), ("Bo", 2, 3)):
        answer = SurveyAnswer(occurrence_id=days, score=score, about={}, at=ago(days))
        answer.customer_id = crowd.ids[owner]
        await crowd.keep(answer)
    assert await crowd.who(number("satisfaction", "<=", 2)) == {"Bo"}
    assert await crowd.who(number("satisfaction", ">=", 4)) == {"Ann"}


async def test_consent_is_the_newest_word_also_from_an_address_not_yet_linked(crowd: Crowd) -> None:
    ann, before = crowd.ids["Ann"], await identity(crowd, "Bo", "bo")

    def said(granted: bool, channel: str = "*", **values: Any) -> ConsentEntry:
        return ConsentEntry(purpose="promotion", channel=channel, granted=granted, at=NOW, source="chat", **values)

    await crowd.keep(said(True, customer_id=ann))
    await crowd.keep(said(True, identity_id=before))
    asked = is_("allows", "promotion", "telegram")
    assert await crowd.who(asked) == {"Ann", "Bo"}
    await crowd.keep(said(False, "telegram", customer_id=ann))
    await crowd.keep(said(False, "email", identity_id=before))
    assert await crowd.who(asked) == {"Bo"}
    assert await crowd.who(is_("allows", "care", "telegram")) == set()


async def test_reach_and_talk(crowd: Crowd) -> None:
    one = await identity(crowd, "Ann", "ann")
    await identity(crowd, "Bo", "bo", reachability="blocked")
    await crowd.keep(Conversation(identity_id=one, channel="telegram", account="a", opened_at=NOW, last_in_at=ago(3)))
    assert await crowd.who(is_("reachable", "telegram")) == {"Ann"}
    assert await crowd.who(is_("wrote", within=7)) == {"Ann"}
    assert await crowd.who(is_("wrote", within=2)) == set()


async def test_campaigns_sent_and_answered(crowd: Crowd) -> None:
    for statement in (
        "insert into campaigns (name, purpose, state, version, made_at, changed_at, cursor)"
        " values ('A', 'care', 'running', 1, now(), now(), 0)",
        "insert into occurrences (campaign_id, version, key, state, purpose, priority, due_at, expires_at, fired_at)"
        " select 1, 1, 'k', 'done', 'care', 5, '2026-11-20', '2026-11-22', '2026-11-20'",
    ):
        async with crowd.store.transaction() as crm:
            await crm.session.execute(text(statement))
    common = {"outcome": "send", "reason": "allowed", "expires_at": NOW, "decided_at": NOW, "policy_version": 1}
    for name, moment in (("Ann", ago(2)), ("Bo", None)):
        await crowd.keep(
            Touch(
                occurrence_id=1,
                customer_id=crowd.ids[name],
                state="sent" if moment else "suppressed",
                sent_at=moment,
                answered_at=moment,
                **common,
            )
        )
    assert await crowd.who(is_("was_sent", "1", within=7)) == {"Ann"}
    assert await crowd.who(is_("was_sent", within=7)) == {"Ann"}
    assert await crowd.who(is_("was_sent", "2")) == set()
    assert await crowd.who(is_("answered", "1", within=1)) == set()
    assert await crowd.who(is_("answered", "1")) == {"Ann"}
