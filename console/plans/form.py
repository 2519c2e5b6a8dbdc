"""Pure: a plan as somebody fills it in, and back."""

import re
from itertools import zip_longest
from typing import Any

from pydantic import Field

from console.frame.visible import plain
from console.plans.when import Reading, WrittenTrigger, trigger_of, typed_trigger
from crm_store.decision.message import Late
from crm_store.model import Languages
from crm_store.people.consent import Purpose
from crm_store.plans.plan import Content, Plan
from crm_store.plans.problem import Problem
from crm_store.plans.wording import EVERY_CHANNEL

LONGEST_NAME = 120
LONGEST_TEXT = 20_000
MOST_CHOICES = 3
NUMBERS = {"priority": (0, 9), "expires_after": (1, 24 * 60), "holdout_percent": (0, 50), "goal_days": (1, 90)}
"""The least and the most of each."""
_SPOT = re.compile(r"([a-z]{2}):(\*|[a-z][a-z0-9_]{0,30})")
Texts = list[str]


class Written(WrittenTrigger):
    """The whole form. `spot` ("zh:*", "en:email") says whose words the same places of the lists after it are."""

    name: str = Field("", max_length=400)
    seen: int = Field(0, ge=0, lt=2**31)
    segment_id: str = Field("", max_length=20)
    occasion: str = Field("", max_length=40)
    stage: str = Field("", max_length=20)
    channel: Texts = Field(default_factory=list, max_length=40)
    place: Texts = Field(default_factory=list, max_length=40)
    lane: Texts = Field(default_factory=list, max_length=40)
    spot: Texts = Field(default_factory=list, max_length=100)
    text: Texts = Field(default_factory=list, max_length=100)
    subject: Texts = Field(default_factory=list, max_length=100)
    choice_1: Texts = Field(default_factory=list, max_length=100)
    choice_2: Texts = Field(default_factory=list, max_length=100)
    choice_3: Texts = Field(default_factory=list, max_length=100)
    coupon_offer_id: str = Field("", max_length=20)
    priority: str = Field("5", max_length=6)
    expires_after: str = Field("24", max_length=6)
    late: str = Field("next", max_length=20)
    holdout_percent: str = Field("0", max_length=6)
    goal_days: str = Field("14", max_length=6)
    once_per_household: bool = False
    personal: bool = False
    skus: str = Field("", max_length=1000)
    look_channel: str = Field("", max_length=40)
    look_as: str = Field("", max_length=20)
    do: str = Field("save", max_length=20)

    def content(self, language: str, channel: str) -> Content:
        """The words of one spot, empty where there are none."""
        found = (each for each in self.contents(whole=False) if (each.language, each.channel) == (language, channel))
        return next(found, Content(language=language, channel=channel))

    def contents(self, whole: bool = True) -> tuple[Content, ...]:
        """Every spot with words in it; with `whole` off the quick replies keep their places."""
        lists = (self.spot, self.text, self.subject, self.choice_1, self.choice_2, self.choice_3)
        found = []
        for spot, text, subject, *choices in zip_longest(*lists, fillvalue=""):
            named = _SPOT.fullmatch(spot)
            if not named:
                continue
            labels = tuple(plain(choice) for choice in choices)
            said = tuple(label for label in labels if label.strip())
            told = Content(
                language=named[1], channel=named[2], text=plain(text).rstrip(), subject=plain(subject),
                choices=said if whole else labels,
            )  # fmt: skip
            if told.text.strip() or told.subject.strip() or said:
                found.append(told)
        return tuple(found)

    def chosen_channels(self) -> list[tuple[str, str, str]]:
        """Channel, place and lane as they stand in the form; a channel without a place is not used."""
        rows = zip_longest(self.channel, self.place, self.lane, fillvalue="")
        return [(channel, place, lane) for channel, place, lane in rows if channel]

    def place_of(self, channel: str) -> str:
        return next((place for name, place, _ in self.chosen_channels() if name == channel), "")

    def lane_of(self, channel: str) -> str:
        return next((lane for name, _, lane in self.chosen_channels() if name == channel), "")


def plan_of(written: Written, before: Plan, purpose: Purpose) -> tuple[Plan, list[Problem]]:
    """The plan that was filled in, and what of it cannot be read; that stays as it was `before`."""
    trigger, problems = trigger_of(written)
    reading = Reading(problems)
    numbers = {
        name: _or(reading.number(getattr(written, name), name, *span), getattr(before, name))
        for name, span in NUMBERS.items()
    }
    used = sorted((each for each in written.chosen_channels() if each[1].isdecimal()), key=lambda each: int(each[1]))
    told: dict[str, Any] = {
        "segment_id": _id(written.segment_id),
        "trigger": trigger,
        "channels": tuple(dict.fromkeys(channel for channel, _, _ in used)),
        "lanes": {channel: lane for channel, _, lane in used if lane},
        "contents": written.contents(),
        "occasion": written.occasion.strip() or None,
        "stage": written.stage if written.stage in ("before", "after") else None,
        "coupon_offer_id": _id(written.coupon_offer_id),
        "asks": "score" if purpose is Purpose.SURVEY else "",
        "late": Late(written.late) if written.late in set(Late) else before.late,
        "once_per_household": written.once_per_household,
        "personal": written.personal,
        "skus": tuple(dict.fromkeys(re.findall(r"[^\s,;，；、]+", plain(written.skus)))),
    }
    return Plan.model_validate({**told, **numbers}), problems


def typed(name: str, version: int, plan: Plan) -> Written:
    """A plan as one would fill it in; `version` is the newest."""
    spots = list(plan.contents)
    choices = [[*each.choices, "", "", ""][:MOST_CHOICES] for each in spots]
    return Written(
        **typed_trigger(plan.trigger),
        name=name,
        seen=version,
        segment_id=str(plan.segment_id or ""),
        occasion=plan.occasion or "",
        stage=plan.stage or "",
        channel=list(plan.channels),
        place=[str(number) for number in range(1, len(plan.channels) + 1)],
        lane=[plan.lanes.get(channel, "") for channel in plan.channels],
        spot=[f"{each.language}:{each.channel}" for each in spots],
        text=[each.text for each in spots],
        subject=[each.subject for each in spots],
        choice_1=[each[0] for each in choices],
        choice_2=[each[1] for each in choices],
        choice_3=[each[2] for each in choices],
        coupon_offer_id=str(plan.coupon_offer_id or ""),
        late=plan.late,
        once_per_household=plan.once_per_household,
        personal=plan.personal,
        skus=", ".join(plan.skus),
        **{name: str(getattr(plan, name)) for name in NUMBERS},
    )


def at_fields(problems: list[Problem], plan: Plan) -> dict[str, list[Problem]]:
    """By field of the form. Words missing for a channel are missing in the ones for every channel, said once."""
    own = {(content.language, content.channel) for content in plan.contents}
    found: dict[str, list[Problem]] = {}
    for problem in problems:
        field = problem.field
        if problem.code == "missing_language":
            language, channel = problem.values["language"], problem.values["channel"]
            field = field if (language, channel) in own else f"contents.{language}.{EVERY_CHANNEL}.text"
            if any(each.code == "missing_language" for each in found.get(field, ())):
                continue
        found.setdefault(field, []).append(problem)
    return found


def spots(channels: list[str]) -> list[tuple[str, str]]:
    """Every place for words the editor has: the base in each language, then each channel's own."""
    return [(language, channel) for channel in (EVERY_CHANNEL, *channels) for language in Languages]


def _id(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[1-9]\d{0,17}", text.strip(), re.ASCII) else None


def _or(number: int | None, other: int) -> int:
    return other if number is None else number
