"""A plan in words, field by field: what a campaign's page shows, and what differs between two versions of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from console.frame.frame import Frame
from console.plans.moments import Moments
from crm_store.campaigns.coupon_offers import CouponOffer
from crm_store.crm import Crm
from crm_store.model import in_language
from crm_store.plans.plan import Content, Plan
from crm_store.plans.wording import EVERY_CHANNEL


@dataclass(frozen=True)
class Names:
    """What numbers in a plan stand for."""

    segments: Mapping[int, str]
    offers: Mapping[int, CouponOffer]


@dataclass(frozen=True)
class Difference:
    """One field that differs, in words; empty where there was or is nothing. `is_text`: words of a message."""

    label: str
    before: str
    after: str
    is_text: bool = False


async def names_of(crm: Crm, *plans: Plan) -> Names:
    """Of everything these plans name, whether it is still offered or not."""
    segments = {}
    for each in [*await crm.segments.all(), *await crm.segments.all(archived=True)]:
        segments[each.segment.id] = each.segment.name
    offers = {}
    for offer_id in {plan.coupon_offer_id for plan in plans if plan.coupon_offer_id is not None}:
        offer = await crm.coupon_offers.get(offer_id)
        if offer is not None:
            offers[offer_id] = offer
    return Names(segments, offers)


class Telling:
    """Plans in one reader's language."""

    def __init__(self, frame: Frame, language: str, names: Names) -> None:
        self._texts = frame.texts
        self._language = language
        self._names = names
        self.moments = Moments(frame.texts, language, frame.house.zone)

    def facts(self, plan: Plan) -> dict[str, str]:
        """By what it is about (the text key of its label), all but the messages."""
        return {
            "who": self.segment(plan),
            "when": self.moments.trigger(plan),
            "channels": self._channels(plan),
            "occasion": self.moments.occasion(plan.occasion) if plan.occasion else self._say("none"),
            "stage": self._say(f"stage_{plan.stage}") if plan.stage else self._say("none"),
            "offer": self.offer(plan),
            "asks": self._say("asks_score") if plan.asks else self._say("none"),
            "priority": str(plan.priority),
            "expires": self._say("hours", n=plan.expires_after),
            "late": self._say(f"late_{plan.late}"),
            "holdout": f"{plan.holdout_percent} %",
            "household": self._say("yes" if plan.once_per_household else "no"),
            "personal": self._say("yes" if plan.personal else "no"),
            "skus": ", ".join(plan.skus) or self._say("none"),
            "goal": self._say("days", n=plan.goal_days),
        }

    def differences(self, before: Plan, after: Plan) -> list[Difference]:
        """In the order of the editor."""
        old, new = self.facts(before), self.facts(after)
        changed = [
            Difference(self._say(f"fact_{name}"), old[name], new[name]) for name in new if old[name] != new[name]
        ]
        return changed + self._texts_changed(before, after)

    def segment(self, plan: Plan) -> str:
        if plan.segment_id is None:
            return self._say("nobody_yet")
        return self._names.segments.get(plan.segment_id, "–")

    def offer(self, plan: Plan) -> str:
        offer = self._names.offers.get(plan.coupon_offer_id or 0)
        return in_language(offer.title, self._language) if offer else self._say("none")

    def channel(self, name: str) -> str:
        key = f"words.channel_{name}"
        return self._texts.say(self._language, key) if self._texts.has(key) else name

    def spot(self, content: Content) -> str:
        """Whose words they are: "Chinese, every channel"."""
        channel = self._say("every_channel") if content.channel == EVERY_CHANNEL else self.channel(content.channel)
        return self._say("spot", language=self._say(f"language_{content.language}"), channel=channel)

    def _channels(self, plan: Plan) -> str:
        named = (
            self.channel(name) + (f" ({plan.lanes[name]})" if name in plan.lanes else "") for name in plan.channels
        )
        return " → ".join(named) or self._say("none")

    def _texts_changed(self, before: Plan, after: Plan) -> list[Difference]:
        old = {(each.channel, each.language): each for each in before.contents}
        new = {(each.channel, each.language): each for each in after.contents}
        found = []
        for spot in dict.fromkeys([*new, *old]):
            was, now = _written(old.get(spot)), _written(new.get(spot))
            if was != now:
                found.append(Difference(self.spot(new.get(spot) or old[spot]), was, now, is_text=True))
        return found

    def _say(self, key: str, **values: object) -> str:
        return self._texts.say(self._language, f"plans.{key}", **values)


def _written(content: Content | None) -> str:
    """Subject, text and quick replies under each other."""
    if content is None:
        return ""
    replies = " · ".join(f"[{choice}]" for choice in content.choices)
    return "\n".join(part for part in (content.subject, content.text, replies) if part)
