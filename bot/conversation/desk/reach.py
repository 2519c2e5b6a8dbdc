"""Before a handler types: whether a text can arrive here, and where else it could."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.channels.base import Capabilities
from crm_store.crm import Crm
from crm_store.holding.reach import Reach, reach_of

THERE_WITHIN = timedelta(minutes=5)
"""Who wrote in a page chat so short a time ago still has it open."""


@dataclass(frozen=True)
class Way:
    """Another address of the same customer; `conversation_id` is None when nothing was said there yet."""

    channel: str
    label: str
    identity_id: int
    conversation_id: int | None


@dataclass(frozen=True)
class Reachability:
    """`reason`: empty, `blocked`, `bounced`, `window_closed`, `no_lane`; `when_back`: it is read when they come back.

    `window_closes_at` is None where the provider has no window.
    """

    can_arrive: bool
    reason: str
    when_back: bool
    window_closes_at: datetime | None
    others: tuple[Way, ...]


async def reachability_of(
    crm: Crm, conversation_id: int, capabilities: Mapping[str, Capabilities], now: datetime
) -> Reachability:
    """One read; `capabilities` by channel name, of the channels that are connected."""
    return judged(await reach_of(crm.session, conversation_id), capabilities, now)


def judged(reach: Reach, capabilities: Mapping[str, Capabilities], now: datetime) -> Reachability:
    """Pure: the same from what was read."""
    here = capabilities.get(reach.channel)
    closes_at = _window_end(reach, here)
    reason = "" if reach.reachability == "ok" else reach.reachability
    if here is None:
        reason = reason or "no_lane"
    elif here.window_hours is not None and (closes_at is None or closes_at <= now):
        reason = reason or "window_closed"
    seen = reach.last_in_at is not None and now - reach.last_in_at < THERE_WITHIN
    when_back = not reason and here is not None and here.read_on_return and not seen
    others = tuple(_way(each) for each in reach.others if each["channel"] in capabilities)
    return Reachability(not reason, reason, when_back, closes_at, others)


def _window_end(reach: Reach, here: Capabilities | None) -> datetime | None:
    if here is None or here.window_hours is None or reach.last_in_at is None:
        return None
    return reach.last_in_at + timedelta(hours=here.window_hours)


def _way(other: Mapping[str, object]) -> Way:
    conversation = other["conversation_id"]
    return Way(
        channel=str(other["channel"]),
        label=str(other["name"] or other["channel"]),
        identity_id=int(str(other["identity_id"])),
        conversation_id=int(str(conversation)) if conversation is not None else None,
    )
