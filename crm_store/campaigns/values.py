"""The values of a care message's variables, for many people at once; whoever lacks one is not written to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.campaigns.coupon_offers import CouponOffers
from crm_store.campaigns.policies import ContactPolicies
from crm_store.campaigns.value_rows import Fired, ValueRows
from crm_store.decision.message import Policy
from crm_store.loyalty.coupons import Coupon
from crm_store.loyalty.points import CENTS_PER_POINT, Balance
from crm_store.model import Languages, in_language
from crm_store.plans.festivals import occasion_name
from crm_store.plans.plan import Anniversary, OnEvent, Plan
from crm_store.plans.triggers import occasion_day
from crm_store.plans.variables import HANDED_IN, day_words, first_name, fitted, how_to_stop, money, variables
from crm_store.plans.wording import variables_of

OF_POINTS = frozenset({"points", "points_worth", "lapsing_points", "lapsing_worth", "lapsing_day"})
OF_COUPONS = frozenset({"coupon_code", "coupon_title", "coupon_until"})
EVER = (0, 2**62)
"""Any care event."""
SEVERAL = {"en": " & ", "zh": "、"}


@dataclass(frozen=True)
class Missing:
    """A person the message has nothing to say to: `name` is the first variable without a value."""

    name: str


@dataclass(frozen=True)
class _Batch:
    """One occurrence for some people: what everybody of them shares."""

    fired: Fired
    plan: Plan
    policy: Policy
    today: date
    used: frozenset[str]


_FIRED = text(
    """
    select o.day, o.first_event, o.last_event, v.plan
      from occurrences o join campaign_versions v on v.campaign_id = o.campaign_id and v.version = o.version
     where o.id = :occurrence
    """
)


class Values:
    """Reads inside one transaction; codes of coupon offers are given here, so it has to be one that is committed."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._rows = ValueRows(session)
        self._offers = CouponOffers(session)
        self._policies = ContactPolicies(session)

    async def of(
        self, fired: Fired, plan: Plan, customers: Mapping[int, str] | Sequence[int], now: datetime
    ) -> dict[int, dict[str, str] | Missing]:
        """By customer; `customers` may say the language of each. `shop` and `preferences_link` are the sender's to add.

        Beside what the plan's words name there is what an answer may be about: order, product, coupon, complaint.
        """
        batch = await self._batch(fired, plan, variables_of(plan), now)
        found, spoken = await self._known(batch, customers)
        # Nobody is given a code who is not written to.
        others = batch.used - OF_COUPONS
        whole = {one: spoken[one] for one in spoken if isinstance(_whole(found[one], others), dict)}
        for customer_id, values in (await self._coupons(batch, whole)).items():
            found[customer_id].update(values)
        return {one: _whole(found.get(one, {}), batch.used) for one in customers}

    async def glimpse(self, plan: Plan, customers: Mapping[int, str], now: datetime) -> dict[int, dict[str, str]]:
        """For a look at the message before it fires, with the newest event of each: what is known, whatever lacks.

        Every variable is looked up, and no code of an offer is given away.
        """
        batch = await self._batch(Fired(0, None, EVER), plan, frozenset(variables()), now)
        found, _ = await self._known(batch, customers)
        return {one: _fitting(values) for one, values in found.items()}

    async def _batch(self, fired: Fired, plan: Plan, used: frozenset[str], now: datetime) -> _Batch:
        policy = await self._policies.current()
        return _Batch(fired, plan, policy, now.astimezone(ZoneInfo(policy.zone)).date(), used - HANDED_IN)

    async def _known(
        self, batch: _Batch, customers: Mapping[int, str] | Sequence[int]
    ) -> tuple[dict[int, dict[str, str]], dict[int, str]]:
        """What the records say of each, and the language of each."""
        people = await self._rows.people(list(customers))
        languages = customers if isinstance(customers, Mapping) else {}
        spoken = {one: _of_ours(languages.get(one, person.language)) for one, person in people.items()}
        found: dict[int, dict[str, str]] = {one: _of_person(people[one], spoken[one]) for one in people}
        for each in (self._points, self._events, self._occasion):
            for customer_id, values in (await each(batch, spoken)).items():
                found[customer_id].update(values)
        return found, spoken

    async def of_occurrence(
        self, occurrence_id: int, customers: Mapping[int, str] | Sequence[int], now: datetime
    ) -> dict[int, dict[str, str] | Missing]:
        """As `of`, for an occurrence as it is kept, in the version it fired with."""
        row = (await self._session.execute(_FIRED, {"occurrence": occurrence_id})).one()
        events = (row.first_event, row.last_event) if row.first_event is not None else None
        return await self.of(Fired(occurrence_id, row.day, events), Plan.model_validate(row.plan), customers, now)

    async def _points(self, batch: _Batch, spoken: Mapping[int, str]) -> dict[int, dict[str, str]]:
        if not batch.used & OF_POINTS:
            return {}
        balances = await self._rows.balances(list(spoken), batch.today)
        return {one: _of_balance(balance, spoken[one]) for one, balance in balances.items()}

    async def _events(self, batch: _Batch, spoken: Mapping[int, str]) -> dict[int, dict[str, str]]:
        trigger, events = batch.plan.trigger, batch.fired.events
        if not isinstance(trigger, OnEvent) or events is None:
            return {}
        rows = await self._rows.events(list(spoken), trigger.of, events, batch.today)
        return {one: _of_event(row, spoken[one]) for one, row in rows.items()}

    async def _coupons(self, batch: _Batch, spoken: Mapping[int, str]) -> dict[int, dict[str, str]]:
        offer_id = batch.plan.coupon_offer_id
        if offer_id is None:
            return {}
        given = await self._offers.give(offer_id, batch.fired.id, spoken, batch.today)
        return {one: _of_coupon(coupon, spoken[one]) for one, coupon in given.items()}

    async def _occasion(self, batch: _Batch, spoken: Mapping[int, str]) -> dict[int, dict[str, str]]:
        trigger, day = batch.plan.trigger, batch.fired.day
        if not isinstance(trigger, Anniversary):
            return {}
        named = {one: {"occasion": occasion_name(trigger.of, language)} for one, language in spoken.items()}
        if "whom" in batch.used and day is not None:
            about = occasion_day(trigger, day)
            whose = await self._rows.whose_day(list(spoken), trigger.of, about, batch.policy.leap_day)
            for one, members in whose.items():
                named[one]["whom"] = SEVERAL[spoken[one]].join(sorted(set(members)))
        return named


def _of_ours(language: str) -> str:
    """One of the shop's; for any other there are no words, and that is found when they are looked for."""
    return language if language in Languages else Languages[0]


def _of_person(person: Any, language: str) -> dict[str, str]:
    return {
        "name": person.name,
        "first_name": first_name(person.name),
        "tier": in_language(person.tier or {}, language),
        "store": in_language(person.store or {}, language),
        "how_to_stop": how_to_stop(language),
    }


def _of_balance(balance: Balance, language: str) -> dict[str, str]:
    """Nobody is told of no points, and nobody of points that do not lapse."""
    values = {}
    if balance.points > 0:
        values = {"points": f"{balance.points:,}", "points_worth": money(balance.worth_cents, language)}
    if balance.lapsing_on is not None:
        values["lapsing_points"] = f"{balance.lapsing:,}"
        values["lapsing_worth"] = money(balance.lapsing * CENTS_PER_POINT, language)
        values["lapsing_day"] = day_words(balance.lapsing_on, language)
    return values


def _of_event(row: Any, language: str) -> dict[str, str]:
    """What its records say; else what was told with it. Empty ones are left out."""
    told: dict[str, Any] = row.detail
    values = {
        "order_number": row.order_number,
        "product": in_language(row.product or {}, language),
        "product_sku": row.product_sku,
        "store": in_language(row.store or {}, language),
        "coupon_code": row.coupon_code,
        "coupon_title": in_language(row.coupon_title or {}, language),
        "coupon_until": day_words(row.coupon_until, language) if row.coupon_until else "",
        "complaint_number": row.complaint_number,
        "days_left": str(told.get("days_left", "")),
    }
    return {name: value for name, value in values.items() if value}


def _of_coupon(coupon: Coupon, language: str) -> dict[str, str]:
    return {
        "coupon_code": coupon.code,
        "coupon_title": in_language(coupon.title, language),
        "coupon_until": day_words(coupon.valid_until, language),
    }


def _fitting(values: Mapping[str, str]) -> dict[str, str]:
    """What there is, each as one visible line."""
    return {name: fitted(name, value) if name in variables() else value for name, value in values.items() if value}


def _whole(values: Mapping[str, str], used: frozenset[str]) -> dict[str, str] | Missing:
    """Every value as one visible line, or the first that is used and not there."""
    fits = _fitting(values)
    lacking = sorted((name in OF_COUPONS, name) for name in used if not fits.get(name))
    if not fits:
        return Missing("name")
    return Missing(lacking[0][1]) if lacking else fits
