"""Ready-made campaigns are whole: what the check wants, in every language, short, kind, and nothing pushed."""

import re
from datetime import UTC, datetime

import pytest

from crm_store.decision.policy_text import DEFAULTS
from crm_store.people.consent import Purpose
from crm_store.plans.checking import problems, warnings
from crm_store.plans.content_checking import longest
from crm_store.plans.plan import Anniversary, OnEvent
from crm_store.plans.problem import ChannelLimits, Known, OfferLeft
from crm_store.plans.programmes import Programme, ProgrammeUnknown, programme, programmes
from crm_store.plans.triggers import occasion_in, timing_of
from crm_store.plans.variables import samples, variables
from crm_store.plans.wording import content_for, filled, render, variables_of
from tests.pure.plans.test_triggers import cron
from tests.pure.plans.texts import LIMITS

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TWO_SMS = {"en": 306, "zh": 201}
"""Signs of a joined message: two of 153 in Latin letters, three of 67 in Chinese."""
WANTED = {
    "welcome", "birthday", "child_birthday", "family_birthday", "lunar_new_year", "lantern", "dragon_boat", "qixi",
    "mid_autumn", "double_ninth", "new_year", "valentines", "womens_day", "mothers_day", "fathers_day", "christmas",
    "singles_day", "after_purchase", "points_lapsing", "coupon_lapsing", "tier_change", "enough_left", "gone_quiet",
    "after_complaint", "purchase_survey", "referral_thanks",
}  # fmt: skip
PUSHY = re.compile(
    r"!!|hurry up|don't miss|last chance|buy now|act now|抢购|速抢|错过|最后机会|立即购买|火速", re.IGNORECASE
)
ready_made = pytest.mark.parametrize("ready", programmes().values(), ids=list(programmes()))


def test_every_programme_a_shop_asks_for_is_there() -> None:
    assert set(programmes()) >= WANTED
    with pytest.raises(ProgrammeUnknown, match="birthday"):
        programme("easter_egg")


@ready_made
def test_a_programme_lacks_nothing_but_its_segment(ready: Programme) -> None:
    offer = 3 if "coupon_code" in variables_of(ready.plan) and not isinstance(ready.plan.trigger, OnEvent) else None
    plan = ready.plan.model_copy(update={"segment_id": 1, "coupon_offer_id": offer})
    limits = {**LIMITS, "webchat": ChannelLimits(4096, 8, 40)}
    known = Known(
        now=NOW, shop_zone="Asia/Singapore", offer=OfferLeft(False, None, 30), cron=cron, hours=DEFAULTS.hours
    )
    assert problems(plan, ready.purpose, limits, known) == []
    assert {one.code for one in warnings(plan, ready.purpose, limits, known)} <= {"choices_left_out"}


@ready_made
@pytest.mark.parametrize("language", ["en", "zh"])
def test_its_words_are_few_and_kind(ready: Programme, language: str) -> None:
    content = content_for(ready.plan, "sms", language)
    link = variables()["preferences_link"].longest - 60 if "preferences_link" in variables_of(ready.plan) else 0
    assert longest(content.text) - link <= TWO_SMS[language]
    said = render(content, samples(language))
    assert not PUSHY.search(said)
    assert filled(content.subject, samples(language))
    assert said.count("!") + said.count("！") <= 1


@ready_made
def test_only_what_saves_money_or_asks_is_care_and_a_promotion_says_so(ready: Programme) -> None:
    assert ready.purpose in (Purpose.CARE, Purpose.SURVEY) or ready.name == "singles_day"
    assert bool(ready.plan.asks) == (ready.purpose == Purpose.SURVEY)


@ready_made
def test_a_dated_one_can_be_switched_off_and_dies_with_its_day(ready: Programme) -> None:
    trigger = ready.plan.trigger
    if isinstance(trigger, Anniversary):
        assert occasion_in(ready.plan) is not None
        told_in_days = any(word in str(ready.plan.contents) for word in ("in a week", "in three days"))
        assert timing_of(trigger, ready.plan.expires_after).ends_with_day == (trigger.days == 0 or told_in_days)


def test_household_days_are_kept_once_for_a_household() -> None:
    shared = {name for name, ready in programmes().items() if ready.plan.once_per_household}
    assert shared == {"child_birthday", "family_birthday", "wedding"}
