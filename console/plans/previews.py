"""The message as a shopper will see it: the real words, the channel's own rendering, values of a real person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from bot.channels.base import Channel
from console.frame.frame import Frame
from console.plans.channels import channel_for
from console.plans.sms import Parts, parts_of
from crm_store.campaigns.coupon_offers import CouponOffer
from crm_store.crm import Crm
from crm_store.model import Languages, in_language
from crm_store.plans.content_checking import longest
from crm_store.plans.plan import Plan
from crm_store.plans.variables import day_words, samples
from crm_store.plans.wording import ContentMissing, ValueMissing, WordingBroken, content_for, variables_of
from crm_store.segments.counting import Sampled
from crm_store.segments.segments import SegmentUnknown
from crm_store.sending.drafting import Addressee, worded
from scheduler.outbound import outbound_of

FEW = 6
SHAPES = {"email": "letter", "sms": "sms"}
"""What a message looks like; everything else is a chat."""
_CODE = "7KQ2M-9XTAH"


@dataclass(frozen=True)
class _Kept:
    """As an outbox row."""

    id: int
    address: str
    body: dict[str, Any]


@dataclass(frozen=True)
class Preview:
    """One channel in one language. `trouble` names why there is nothing to see: `no_words`, `broken`, `no_channel`.

    `findings`: what the channel had to change, as `bot.channels.base.Rendered`. `left`: signs that still fit once the
    longest values stand in it.
    """

    language: str
    shape: str
    text: str = ""
    subject: str = ""
    choices: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    left: int = 0
    parts: Parts | None = None
    trouble: str = ""


@dataclass(frozen=True)
class Glimpse:
    """With whose values a message is looked at: a member of the segment, or nobody: then all are invented."""

    person: Sampled | None = None
    known: Mapping[str, str] = field(default_factory=dict)
    offer: CouponOffer | None = None
    today: date = date.min

    def values(self, frame: Frame, language: str) -> dict[str, str]:
        """Real ones over invented ones."""
        house = {
            "shop": in_language(frame.house.shop, language),
            "preferences_link": f"{frame.house.base_url}/preferences/…",
        }
        return {**samples(language), **house, **self._offered(language), **self.known}

    def invented(self, plan: Plan) -> list[str]:
        """The variables the words name that this person has no value for, or that are not given yet."""
        try:
            used = variables_of(plan)
        except WordingBroken:
            return []
        return sorted(used - self.known.keys() - {"shop", "preferences_link"} - self._offered("en").keys())

    def _offered(self, language: str) -> dict[str, str]:
        if self.offer is None:
            return {}
        title = in_language(self.offer.title, language)
        last = day_words(self.today + timedelta(days=self.offer.days), language)
        return {"coupon_title": title, "coupon_code": f"{self.offer.prefix}-{_CODE}", "coupon_until": last}


async def people_of(crm: Crm, plan: Plan, now: datetime) -> list[Sampled]:
    """A few of those it is for; nobody when there is no segment, or they are not found in time."""
    if plan.segment_id is None:
        return []
    try:
        _, expression = await crm.segments.current(plan.segment_id)
    except SegmentUnknown:
        return []
    return await crm.segments.sample(expression, now, FEW)


async def glimpses(crm: Crm, plan: Plan, people: Sequence[Sampled], chosen: str, now: datetime) -> dict[str, Glimpse]:
    """By language. `chosen`: the number of one of `people`, `0` for nobody; else the first of them."""
    person = next((each for each in people if str(each.customer_id) == chosen), None)
    if person is None and chosen != "0" and people:
        person = people[0]
    offer = await crm.coupon_offers.get(plan.coupon_offer_id) if plan.coupon_offer_id is not None else None
    found = {}
    for language in Languages:
        known: Mapping[str, str] = {}
        if person is not None:
            known = (await crm.campaigns.glimpse(plan, {person.customer_id: language}, now)).get(person.customer_id, {})
        found[language] = Glimpse(person, known, offer, now.date())
    return found


def preview(frame: Frame, plan: Plan, channel: str, language: str, glimpse: Glimpse) -> Preview:
    """One channel, one language."""
    shape = SHAPES.get(channel, "chat")
    sender = channel_for(frame.house.lanes, channel, plan.lanes.get(channel, ""))
    if sender is None:
        return Preview(language, shape, trouble="no_channel")
    try:
        content = content_for(plan, channel, language)
        whom = Addressee(0, glimpse.person.customer_id if glimpse.person else 0, channel, language, False)
        body = worded(plan, whom, glimpse.values(frame, language))
        left = sender.capabilities.max_text - longest(content.text)
    except ContentMissing:
        return Preview(language, shape, trouble="no_words")
    except (ValueMissing, WordingBroken, KeyError):
        return Preview(language, shape, trouble="broken")
    return _shown(sender, Preview(language, shape, left=left), body)


def _shown(sender: Channel, made: Preview, body: dict[str, Any]) -> Preview:
    out = outbound_of(_Kept(0, "", body))
    rendered = sender.render(out)
    text = str(rendered.payload.get("text", out.text))
    listed = {"choices_as_text", "choices_cut"} & set(rendered.findings) or not sender.capabilities.max_choices
    return Preview(
        made.language,
        made.shape,
        text=text,
        subject=str(rendered.payload.get("subject", out.subject)) if made.shape == "letter" else "",
        choices=() if listed else tuple(choice.label for choice in out.choices),
        findings=rendered.findings,
        left=made.left,
        parts=parts_of(text) if made.shape == "sms" else None,
    )
