"""Pure: whether a plan can be sent as it is. Problems stop it, warnings do not; each names its field and line."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time, timedelta

from crm_store.people.consent import Purpose
from crm_store.plans.content_checking import content_problems, content_warnings
from crm_store.plans.festivals import PERSONAL, festivals
from crm_store.plans.plan import Anniversary, Once, OnEvent, Plan, Repeating
from crm_store.plans.problem import ChannelLimits, Known, Problem
from crm_store.plans.triggers import FIRST_ZONE, LAST_ZONE, next_firing, timing_of
from crm_store.plans.wording import WordingBroken, variables_of

EVENTS = frozenset(
    {
        "joined",
        "purchase",
        "tier_change",
        "complaint_closed",
        "points_lapsing",
        "coupon_lapsing",
        "gone_quiet",
        "running_low",
        "referral",
    }
)
"""Kinds of care events (crm_store/touchpoints/care_events.py)."""
NOTHING_MORE_KNOWN = Known()

Limits = Mapping[str, ChannelLimits]


def problems(plan: Plan, purpose: Purpose, limits: Limits, known: Known = NOTHING_MORE_KNOWN) -> list[Problem]:
    """Everything that keeps it from being sent, in the order of the editor; `limits` by channel that can be used."""
    return [
        *_audience(plan, known),
        *_trigger(plan, known),
        *_hours(plan, purpose, known),
        *_channels(plan, limits),
        *_offer(plan, purpose, known),
        *_survey(plan, purpose),
        *content_problems(plan, purpose, limits, known.languages),
    ]


def warnings(plan: Plan, purpose: Purpose, limits: Limits, known: Known = NOTHING_MORE_KNOWN) -> list[Problem]:
    """What somebody should have looked at, though it can be sent."""
    return [
        *_zones_gone_by(plan, known),
        *_service(purpose),
        *_unnamed_offer(plan),
        *content_warnings(plan, limits, known.languages),
    ]


def _audience(plan: Plan, known: Known) -> Iterator[Problem]:
    if plan.segment_id is None:
        yield Problem("segment_id", 0, "missing")
    elif not known.segment_usable:
        yield Problem("segment_id", 0, "gone")


def _trigger(plan: Plan, known: Known) -> Iterator[Problem]:
    trigger = plan.trigger
    if isinstance(trigger, Once):
        yield from _once(trigger, known)
    elif isinstance(trigger, Repeating):
        yield from _repeating(plan, trigger, known)
    elif isinstance(trigger, Anniversary) and trigger.of not in PERSONAL | festivals():
        yield Problem("trigger.of", 0, "unknown_occasion", {"occasion": trigger.of})
    elif isinstance(trigger, OnEvent) and trigger.of not in EVENTS:
        yield Problem("trigger.of", 0, "unknown_event", {"event": trigger.of})


def _once(trigger: Once, known: Known) -> Iterator[Problem]:
    if trigger.at is None:
        yield Problem("trigger.at", 0, "missing")
    elif trigger.at.tzinfo is not None:
        yield Problem("trigger.at", 0, "has_zone")
    elif known.now is not None and _has_passed(trigger, trigger.at, known):
        yield Problem("trigger.at", 0, "past")


def _has_passed(trigger: Once, at: datetime, known: Known) -> bool:
    """For everybody: on people's own clocks it has passed once the last zone on earth has had it."""
    assert known.now is not None
    if trigger.clock == "local":
        return at.replace(tzinfo=UTC) + LAST_ZONE <= known.now
    return next_firing(trigger, known.now, known.shop_zone) is None


def _repeating(plan: Plan, trigger: Repeating, known: Known) -> Iterator[Problem]:
    if len(trigger.cron.split()) != 5:
        yield Problem("trigger.cron", 0, "missing" if not trigger.cron.strip() else "not_cron", {"cron": trigger.cron})
    elif known.cron is not None and known.now is not None:
        try:
            firing = next_firing(trigger, known.now, known.shop_zone, known.cron, plan.expires_after)
        except ValueError:
            yield Problem("trigger.cron", 0, "not_cron", {"cron": trigger.cron})
        else:
            if firing is None:
                yield Problem("trigger.until" if trigger.until else "trigger.cron", 0, "never")


def _hours(plan: Plan, purpose: Purpose, known: Known) -> Iterator[Problem]:
    """A wish for an hour in which nobody may be written to, and an end before the next one in which they may."""
    timing, allowed = timing_of(plan.trigger, plan.expires_after), known.hours.get(purpose)
    if timing.at_clock is None or allowed is None:
        return
    wait = _minutes_until_allowed(timing.at_clock, allowed)
    left = 24 * 60 - _minutes(timing.at_clock) if timing.ends_with_day else plan.expires_after * 60
    if wait >= min(left, plan.expires_after * 60):
        hours = {"at": timing.at_clock, "from": allowed[0], "to": allowed[1]}
        yield Problem("trigger.at" if isinstance(plan.trigger, Once) else "trigger.at_clock", 0, "ends_first", hours)


def _minutes(clock: str) -> int:
    read = time.fromisoformat(clock) if clock != "24:00" else time(0)
    return 24 * 60 if clock == "24:00" else read.hour * 60 + read.minute


def _minutes_until_allowed(clock: str, allowed: tuple[str, str]) -> int:
    at, opens, closes = (_minutes(each) for each in (clock, *allowed))
    inside = opens <= at < closes if opens < closes else at >= opens or at < closes
    return 0 if inside else (opens - at) % (24 * 60)


def _channels(plan: Plan, limits: Limits) -> Iterator[Problem]:
    if not plan.channels:
        yield Problem("channels", 0, "missing")
    for place, channel in enumerate(plan.channels):
        if channel not in limits:
            yield Problem("channels", 0, "unknown_channel", {"channel": channel})
        elif channel in plan.channels[:place]:
            yield Problem("channels", 0, "twice", {"channel": channel})
    for channel in plan.lanes:
        if channel not in plan.channels:
            yield Problem(f"lanes.{channel}", 0, "unknown_channel", {"channel": channel})


def _offer(plan: Plan, purpose: Purpose, known: Known) -> Iterator[Problem]:
    if plan.coupon_offer_id is None:
        return
    offer = known.offer
    if offer is None or offer.archived or offer.days < 1:
        yield Problem("coupon_offer_id", 0, "lapsed")
    elif offer.left is not None and offer.left < max(known.members or 0, 1):
        counts = {"left": str(offer.left), "members": str(known.members or 0)}
        yield Problem("coupon_offer_id", 0, "too_few", counts)
    if purpose == Purpose.SERVICE:
        yield Problem("coupon_offer_id", 0, "not_service")


def _survey(plan: Plan, purpose: Purpose) -> Iterator[Problem]:
    if plan.asks and plan.holdout_percent:
        yield Problem("holdout_percent", 0, "holdout_of_survey")
    if plan.asks and purpose != Purpose.SURVEY:
        yield Problem("asks", 0, "not_survey", {"purpose": purpose})
    if purpose == Purpose.SURVEY and not plan.asks:
        yield Problem("asks", 0, "missing")


def _zones_gone_by(plan: Plan, known: Known) -> Iterator[Problem]:
    trigger = plan.trigger
    if not isinstance(trigger, Once) or trigger.clock != "local" or trigger.at is None or known.now is None:
        return
    wall = trigger.at.replace(tzinfo=UTC)
    if wall - FIRST_ZONE - timedelta(hours=1) <= known.now < wall + LAST_ZONE:
        yield Problem("trigger.at", 0, "past_in_some_zones")


def _service(purpose: Purpose) -> Iterator[Problem]:
    if purpose == Purpose.SERVICE:
        yield Problem("purpose", 0, "about_their_own_business")


def _unnamed_offer(plan: Plan) -> Iterator[Problem]:
    if plan.coupon_offer_id is None:
        return
    try:
        named = "coupon_code" in variables_of(plan)
    except WordingBroken:
        return
    if not named:
        yield Problem("coupon_offer_id", 0, "code_not_said")
