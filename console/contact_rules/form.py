"""Pure: the rules as somebody fills them in. What is typed stays typed; `reading` makes rules of it."""

from collections.abc import Iterator, Sequence

from pydantic import BaseModel, Field

from crm_store.decision.message import Cap, Policy
from crm_store.people.consent import Purpose

CHANNELS = ("telegram", "webchat", "email")
LIMITED = (Purpose.CARE, Purpose.SURVEY, Purpose.PROMOTION)
"""Service messages are about somebody's own order or complaint: they count nowhere."""
TARGETS = ("overall", *(f"purpose:{purpose}" for purpose in LIMITED), *(f"channel:{name}" for name in CHANNELS))
MOST_ROWS = 60
ALL_DAY = ("00:00", "24:00")
Texts = list[str]


class Row(BaseModel):
    """One cap as typed: at most `count` messages of `target` in `length` `unit`; without a count it is none."""

    target: str
    count: str
    length: str
    unit: str


class Written(BaseModel):
    """The form. `hours_…`: from and to. `seen`: the version that was read. `do`: `try` or `save`."""

    hours_service: Texts = Field(default_factory=list, max_length=2)
    hours_care: Texts = Field(default_factory=list, max_length=2)
    hours_survey: Texts = Field(default_factory=list, max_length=2)
    hours_promotion: Texts = Field(default_factory=list, max_length=2)
    unsure: Texts = Field(default_factory=list, max_length=2)
    target: Texts = Field(default_factory=list, max_length=MOST_ROWS)
    count: Texts = Field(default_factory=list, max_length=MOST_ROWS)
    length: Texts = Field(default_factory=list, max_length=MOST_ROWS)
    unit: Texts = Field(default_factory=list, max_length=MOST_ROWS)
    gap: str = Field("", max_length=20)
    age_care: str = Field("", max_length=20)
    age_survey: str = Field("", max_length=20)
    age_promotion: str = Field("", max_length=20)
    holidays: str = Field("", max_length=6000)
    quiet: Texts = Field(default_factory=list, max_length=8)
    leap_day: str = Field("", max_length=20)
    zone: str = Field("", max_length=80)
    seen: int = Field(-1, ge=-1, lt=2**31)
    do: str = Field("try", max_length=10)

    def window(self, field: str) -> tuple[str, str]:
        """From and to as typed."""
        typed: list[str] = getattr(self, field)
        start, end = [*typed, "", ""][:2]
        return start[:20], end[:20]

    def age(self, purpose: str) -> str:
        return str(getattr(self, f"age_{purpose}"))

    def rows(self) -> Iterator[Row]:
        for target, count, length, unit in zip(self.target, self.count, self.length, self.unit, strict=False):
            yield Row(target=target[:40], count=count[:20], length=length[:20], unit=unit[:10])


def written_of(policy: Policy, seen: int) -> Written:
    """The form that says what holds."""
    rows = _rows("overall", policy.overall)
    for purpose in LIMITED:
        rows += _rows(f"purpose:{purpose}", policy.by_purpose.get(purpose, ()))
    for channel, caps in sorted(policy.by_channel.items()):
        rows += _rows(f"channel:{channel}", caps)
    hours = {f"hours_{purpose}": list(policy.hours.get(purpose, ALL_DAY)) for purpose in Purpose}
    return Written(
        **hours,
        **{f"age_{purpose}": str(policy.minimum_age.get(purpose, "")) for purpose in LIMITED},
        unsure=list(policy.unsure_hours),
        target=[row.target for row in rows],
        count=[row.count for row in rows],
        length=[row.length for row in rows],
        unit=[row.unit for row in rows],
        gap=str(int(policy.gap.total_seconds() // 3600)),
        holidays="\n".join(sorted(policy.holidays)),
        quiet=sorted(policy.quiet_on_holidays),
        leap_day=policy.leap_day,
        zone=policy.zone,
        seen=seen,
    )


def length_of(cap: Cap) -> tuple[int, str]:
    """(7, "days"), or (12, "hours") where no whole days make it."""
    hours = int(cap.within.total_seconds() // 3600)
    return (hours // 24, "days") if hours % 24 == 0 else (hours, "hours")


def _rows(target: str, caps: Sequence[Cap]) -> list[Row]:
    listed = []
    for cap in caps:
        length, unit = length_of(cap)
        listed.append(Row(target=target, count=str(cap.count), length=str(length), unit=unit))
    return listed
