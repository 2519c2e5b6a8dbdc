"""Complaints as the API tells and takes them."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from bot.api.paging import Word
from crm_store.cases.complaints import Grievance
from crm_store.cases.grievance_words import category_of, severity_of

type Told = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000, pattern=r"^[^\x00]+$")
]
type Code = Annotated[str, StringConstraints(max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9 _.\-]*$")]
type ExternalId = Annotated[str, StringConstraints(max_length=100, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:\-]*$")]


class CaseOut(BaseModel):
    """What the case itself knows."""

    model_config = ConfigDict(from_attributes=True)

    id: int = Field(examples=[31])
    number: str = Field(description="The shopper can quote it", examples=["C10031"])
    customer_id: int | None = Field(examples=[4711])
    category: str = Field(examples=["damaged"])
    severity: str = Field(examples=["normal"])
    what_happened: str = Field(examples=["The kettle leaks."])
    wanted: str = Field(examples=["A new one"])
    order_number: str | None = Field(examples=["W20391"])
    product_sku: str | None = Field(examples=["KT101"])
    store_code: str | None = Field(examples=["orchard"])
    carrier: str | None = Field(examples=["SpeedPost"])
    campaign: str | None
    cause: str | None = Field(description="What staff found to be behind it")
    language: str = Field(examples=["en"])
    source: str = Field(examples=["bot"])
    state: str = Field(examples=["received"])
    reopened: int = Field(description="How often", examples=[0])
    urgent: bool
    next_due_at: datetime | None = Field(description="When the nearest promise is due; null when none runs")
    opened_at: datetime
    changed_at: datetime
    done_at: datetime | None
    closed_at: datetime | None


class ComplaintOut(CaseOut):
    """A case with the conversations it was talked about in."""

    conversation_ids: list[int] = Field(examples=[[812]])


class _Part(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class AssigneeOut(BaseModel):
    """Who of the staff has it."""

    id: int = Field(examples=[7])
    name: str = Field(examples=["Aisha Rahman"])


class ClockOut(_Part):
    """One promise; `target` in seconds of business time."""

    kind: str = Field(examples=["first_answer"])
    ordinal: int = Field(description="Every reopening begins a new one", examples=[1])
    target: int = Field(examples=[14400])
    started_at: datetime
    due_at: datetime | None = Field(description="Null while it stands still")
    met_at: datetime | None
    missed_at: datetime | None
    ended_at: datetime | None


class CaseEventOut(_Part):
    """Something that happened to the case."""

    id: int = Field(examples=[901])
    at: datetime
    kind: str = Field(examples=["state"])
    by: str = Field(description="`shopper`, `bot`, `clock`, `staff` or `api:NAME`", examples=["staff"])
    detail: dict[str, Any] = Field(examples=[{"from": "received", "to": "acknowledged"}])


class FactOut(_Part):
    """What is known, and where from; one without `replaced_at` holds."""

    name: str = Field(examples=["order_number"])
    value: str = Field(examples=["W20391"])
    origin: str = Field(description="`said`, `records`, `inferred` or `staff`", examples=["said"])
    at: datetime
    replaced_at: datetime | None


class RemedyOut(_Part):
    """What was done to put it right; `amount` in points or cents, `cost` in cents."""

    id: int = Field(examples=[12])
    kind: str = Field(examples=["points"])
    amount: int = Field(examples=[500])
    cost: int = Field(examples=[500])
    state: str = Field(examples=["executed"])
    proposed_at: datetime
    decided_at: datetime | None
    executed_at: datetime | None
    arrived_at: datetime | None


class FollowUpOut(_Part):
    """Whether the shopper was asked if it is resolved, and said so; `score` 1 to 5."""

    ordinal: int = Field(examples=[1])
    due_at: datetime
    asked_at: datetime | None
    answered_at: datetime | None
    answer: str | None = Field(examples=["yes"])
    score: int | None = Field(examples=[5])
    lapsed_at: datetime | None


class AttachmentOut(_Part):
    """A photo or file the shopper sent; `media_type` and `size` (bytes) are what we found in it."""

    name: str = Field(examples=["cup.jpg"])
    media_type: str = Field(examples=["image/jpeg"])
    size: int = Field(examples=[81234])
    state: str = Field(description="`waiting`, `kept`, `refused` or `lost`", examples=["kept"])
    at: datetime


class ComplaintDetail(ComplaintOut):
    """Everything there is to know about one case."""

    merged_into: str | None = Field(description="The number it goes on under", examples=[None])
    assignee: AssigneeOut | None
    clocks: list[ClockOut]
    events: list[CaseEventOut]
    facts: list[FactOut]
    remedies: list[RemedyOut]
    follow_ups: list[FollowUpOut]
    attachments: list[AttachmentOut]


class ComplaintIn(BaseModel):
    """A complaint that reached the shop elsewhere. `external_id` is yours: the same again is the same complaint."""

    model_config = ConfigDict(extra="forbid")

    external_id: ExternalId = Field(examples=["callcentre-20261121-0007"])
    member_number: Word | None = Field(None, examples=["M10000001"])
    what_happened: Told = Field(examples=["The kettle leaks."])
    wanted: Told | None = Field(None, examples=["A new one"])
    category: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,39}$")] | None = Field(
        None, description="Read from what happened when not given", examples=["broken"]
    )
    severity: Annotated[str, StringConstraints(pattern=r"^(normal|high)$")] | None = None
    order_number: Code | None = None
    product_sku: Code | None = None
    store_code: Code | None = None
    carrier: Code | None = None
    campaign: Code | None = None
    language: Annotated[str, StringConstraints(pattern=r"^(en|zh)$")] = "en"

    def grievance(self) -> Grievance:
        return Grievance(
            self.category or category_of(self.what_happened),
            self.severity or severity_of(self.what_happened),
            self.what_happened,
            self.wanted or "",
            self.order_number.upper() if self.order_number else None,
            self.language,
            self.product_sku,
            self.store_code,
            self.carrier,
            self.campaign,
        )


class ComplaintOpened(BaseModel):
    """The case, new or known."""

    id: int = Field(examples=[31])
    number: str = Field(examples=["C10031"])
    state: str = Field(examples=["received"])
