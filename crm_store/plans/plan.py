"""A campaign's plan: everything a version of it says, typed; what is kept in `campaign_versions.plan`.

Times on a clock are "HH:MM", days ISO dates. Whether it can be sent is judged elsewhere: a draft may be incomplete.
"""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from crm_store.decision.message import Late

ClockTime = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Once(_Part):
    """At one instant for everybody (`clock` is "shop"), or at that wall-clock time wherever each person is ("local").

    `at` is a wall-clock time without a zone; "shop" reads it in the shop's.
    """

    kind: Literal["once"] = "once"
    at: datetime | None = None
    clock: Literal["shop", "local"] = "local"


class Repeating(_Part):
    """Five cron fields in the shop's zone; each firing goes out at `at_clock` of each person's day, or at once."""

    kind: Literal["repeating"] = "repeating"
    cron: str = ""
    at_clock: ClockTime | None = None
    until: datetime | None = None


class Anniversary(_Part):
    """`days` before (negative) or after a personal date or festival, at `at_clock` of each person's own day.

    `of`: `birthday`, `wedding`, `child_birthday`, `family_birthday`, `membership_day`, or a festival such as
    `mid_autumn`. Solar and lunar dates as they were told.
    """

    kind: Literal["anniversary"] = "anniversary"
    of: str = "birthday"
    days: int = Field(default=0, ge=-60, le=60)
    at_clock: ClockTime = "10:00"


class OnEvent(_Part):
    """`hours` after a care event of a kind (see crm_store/touchpoints/care_events.py)."""

    kind: Literal["event"] = "event"
    of: str = "purchase"
    hours: int = Field(default=0, ge=0, le=24 * 90)
    at_clock: ClockTime | None = None


Trigger = Annotated[Once | Repeating | Anniversary | OnEvent, Field(discriminator="kind")]


class Content(_Part):
    """What is said in one language; `channel` "*" for every channel without words of its own.

    `{variables}` stand in braces. `choices`: up to three quick replies. `subject` for e-mail.
    """

    language: str
    channel: str = "*"
    text: str = ""
    subject: str = ""
    choices: tuple[str, ...] = ()


class Plan(_Part):
    """One version of a campaign.

    `channels` in the campaign's order; `lanes`: the sender's lane by channel where it is not the only one.
    `expires_after`: hours from when it is due; `holdout_percent` get nothing, to compare with. `personal`: chosen by
    what people did, so not for those who want no profiling. `skus`: products it is about; an open incident with one of
    them holds it. `goal_days`: a purchase within so many days counts as its result. `asks` "score": a survey.
    """

    segment_id: int | None = None
    trigger: Trigger = Once()
    channels: tuple[str, ...] = ()
    lanes: dict[str, str] = {}
    contents: tuple[Content, ...] = ()
    occasion: str | None = None
    stage: Literal["before", "after"] | None = None
    coupon_offer_id: int | None = None
    asks: Literal["", "score"] = ""
    priority: int = Field(default=5, ge=0, le=9)
    expires_after: int = Field(default=24, ge=1, le=24 * 60)
    late: Late = Late.NEXT
    holdout_percent: int = Field(default=0, ge=0, le=50)
    once_per_household: bool = False
    personal: bool = True
    skus: tuple[str, ...] = ()
    goal_days: int = Field(default=14, ge=1, le=90)
