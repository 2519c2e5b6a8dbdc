"""What a page shows of a lane: its state in one word, its rates, and what its provider said lately."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.channels.base import Channel
from crm_store.crm import Crm
from crm_store.sending.lane_reads import LaneError, Queue
from crm_store.talks.lanes import Lane


@dataclass(frozen=True)
class Seen:
    """One lane. `allowed`: messages a second its provider takes; None where the channel is not connected here."""

    lane: Lane
    queue: Queue
    errors: list[LaneError]
    allowed: float | None
    state: str

    @property
    def id(self) -> str:
        """For an element of a page: nothing but letters and digits."""
        return "lane-" + "".join(
            sign if sign.isascii() and sign.isalnum() else f"_{ord(sign):x}_" for sign in self.name
        )

    @property
    def name(self) -> str:
        return self.lane.name

    @property
    def channel(self) -> str:
        return self.lane.name.partition(":")[0]

    @property
    def account(self) -> str:
        return self.lane.name.partition(":")[2]

    @property
    def rate(self) -> float | None:
        """What goes in fact: the smaller of the two."""
        known = [rate for rate in (self.allowed, self.lane.rate) if rate is not None]
        return min(known, default=None)


TONES = {"halted": "bad", "resting": "warn", "waiting": "warn", "paused": "warn", "probing": "warn", "open": "ok"}


def state_of(lane: Lane, now: datetime) -> str:
    """The worst of it: HALTED until a person has looked, RESTING because nothing useful came back, WAITING because the
    provider asked for it, PROBING with one message after a rest, PAUSED by us; else OPEN."""
    if lane.halted is not None:
        return "halted"
    if lane.rests_until is not None and lane.rests_until > now:
        return "resting"
    if lane.blocked_until is not None and lane.blocked_until > now:
        return "waiting"
    if lane.trips:
        return "probing"
    return "paused" if lane.care_paused else "open"


async def lanes_now(crm: Crm, channels: Mapping[str, Channel], now: datetime) -> list[Seen]:
    """Every lane there is, by name."""
    errors = await crm.lane_reads.errors(now)
    return [_seen(lane, queue, errors, channels, now) for lane, queue in await crm.lane_reads.all(now)]


def _seen(
    lane: Lane, queue: Queue, errors: Iterable[LaneError], channels: Mapping[str, Channel], now: datetime
) -> Seen:
    channel = channels.get(lane.name)
    mine = [error for error in errors if error.lane == lane.name]
    return Seen(lane, queue, mine, channel.capabilities.rate if channel else None, state_of(lane, now))
