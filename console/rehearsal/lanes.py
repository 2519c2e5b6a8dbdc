"""Pure: how long each lane would take, and whether it is done before the message is over."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.channels.base import Channel
from crm_store.rehearsals.found import Rehearsal
from crm_store.talks.lanes import Lane

WITHOUT = 1.0
"""Messages a second where nobody has said how many."""


@dataclass(frozen=True)
class LaneEnd:
    """`rate` a second at most, `limited_by`: `provider`, `staff` or `campaign`; `minutes` of sending without a pause.

    `over_at`: when the last would have left, later than the minutes say where people wait for their hour.
    `stands`: why nothing leaves by it, empty when something does.
    """

    lane: str
    people: int
    rate: float
    limited_by: str
    minutes: int
    over_at: datetime | None
    stands: str

    def is_late(self, expires_at: datetime) -> bool:
        """Whether some would come too late for want of speed."""
        return self.over_at is not None and self.over_at > expires_at + timedelta(minutes=1)


def lane_ends(
    found: Rehearsal, here: Mapping[str, Channel], rows: Mapping[str, Lane], campaign_rate: float | None
) -> list[LaneEnd]:
    """Those with most people first."""
    return [_end(found, lane, here.get(lane), rows.get(lane), campaign_rate) for lane, _ in found.lanes.most_common()]


def _end(
    found: Rehearsal, lane: str, channel: Channel | None, row: Lane | None, campaign_rate: float | None
) -> LaneEnd:
    rates = {
        "provider": channel.capabilities.rate if channel is not None else None,
        "staff": row.rate if row is not None else None,
        "campaign": campaign_rate,
    }
    known = {name: rate for name, rate in rates.items() if rate}
    limited_by = min(known, key=lambda name: known[name], default="")
    rate = known.get(limited_by, WITHOUT)
    many = found.lanes[lane]
    over_at = found.over(lane, rate)
    return LaneEnd(lane, many, rate, limited_by, math.ceil(many / rate / 60), over_at, _stands(channel, row))


def _stands(channel: Channel | None, row: Lane | None) -> str:
    if row is not None and row.halted:
        return "halted"
    if row is not None and row.care_paused:
        return "lane_paused"
    return "" if channel is not None else "not_connected"
