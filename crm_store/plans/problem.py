"""What is wrong with a plan, field by field and line by line; and what a judgement of it goes by."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from crm_store.errors import CareLoopError
from crm_store.model import Languages
from crm_store.people.consent import Purpose
from crm_store.plans.triggers import Cron


@dataclass(frozen=True)
class Problem:
    """`field` as in the plan: `segment_id`, `trigger.at`, `contents.zh.*.text`, `contents.en.sms.choices.2`.

    `line` of the text counts from 1; 0 where there are no lines. `code` is one word, `values` what its sentence names.
    """

    field: str
    line: int
    code: str
    values: dict[str, str] = dataclasses.field(default_factory=dict)


class CampaignIncomplete(CareLoopError):
    """A campaign cannot be sent as it is; `problems` names every field and line."""

    code = "campaign_incomplete"

    def __init__(self, problems: Sequence[Problem]) -> None:
        named = "; ".join(f"{one.field}: {one.code}" + (f" (line {one.line})" if one.line else "") for one in problems)
        super().__init__(f"{named}; put these right first")
        self.problems = tuple(problems)


def complete(problems: Sequence[Problem]) -> None:
    """Raises `CampaignIncomplete` when there are any."""
    if problems:
        raise CampaignIncomplete(problems)


@dataclass(frozen=True)
class ChannelLimits:
    """What a channel takes, in signs and numbers. `needs_subject`: e-mail.

    `needs_opt_out` of a promotion: the `link` (e-mail, SMS), a `sentence` that says how to stop (chats), or nothing.
    """

    max_text: int
    max_choices: int = 3
    choice_label_max: int = 20
    needs_opt_out: Literal["", "sentence", "link"] = "sentence"
    needs_subject: bool = False


@dataclass(frozen=True)
class OfferLeft:
    """The coupon offer a plan names. `left`: codes that can still be given, None for no limit."""

    archived: bool
    left: int | None
    days: int


@dataclass(frozen=True)
class Known:
    """What the store and the clock know beside the plan. `members`: of the segment when last counted.

    `hours` in which a message of this purpose may go, local wall clock; none where any hour will do.
    """

    now: datetime | None = None
    shop_zone: str = "UTC"
    languages: tuple[str, ...] = Languages
    segment_usable: bool = True
    members: int | None = None
    offer: OfferLeft | None = None
    cron: Cron | None = None
    hours: Mapping[Purpose, tuple[str, str]] = dataclasses.field(default_factory=dict)
