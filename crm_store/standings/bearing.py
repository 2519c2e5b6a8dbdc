"""Pure: which contacts can bear on a message at all. Most cannot, and by those people need not be told apart."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time, timedelta

from crm_store.decision.caps import OWN_WINDOWS
from crm_store.decision.facts import Rank
from crm_store.decision.message import Cap, Message, Policy
from crm_store.people.consent import Purpose
from crm_store.standings.contacts import Told

_EARLIEST_ZONE = timedelta(hours=14)
_Met = tuple[int, datetime, str | None, str | None]
"""So many since then, of a purpose, by a channel."""


class Bearing:
    """The caps that a message meets, from the earliest instant at which it may go."""

    def __init__(self, message: Message, now: datetime, policy: Policy) -> None:
        self._exempt = message.purpose is Purpose.SERVICE
        self._rank = message.rank
        earliest = self._begins = _earliest(message, now)
        self._caps: list[_Met] = []
        self._meets((Cap(1, policy.gap), *policy.overall), earliest)
        self._meets(policy.by_purpose.get(message.purpose, ()), earliest, message.purpose.value)
        for channel in message.channels:
            self._meets(policy.by_channel.get(channel, ()), earliest, None, channel)

    def _meets(
        self, caps: tuple[Cap, ...], earliest: datetime, purpose: str | None = None, channel: str | None = None
    ) -> None:
        self._caps += [(cap.count, earliest - cap.within, purpose, channel) for cap in caps]

    def of(
        self, told: tuple[Told, ...], ranks: Mapping[int, Rank], own: tuple[int, str] | None = None
    ) -> tuple[Told, ...]:
        """All that count, or none of them when no cap can be reached by them. `own`: their own "so many in".

        What is reserved for whoever comes after us never counts.
        """
        if self._exempt:
            return ()
        fit = tuple([each for each in told if each[3] is None or ranks[each[3]] < self._rank])
        if own is not None and self._reach(fit, ((own[0], self._begins - OWN_WINDOWS[own[1]], None, None),)):
            return fit
        return fit if self._reach(fit, self._caps) else ()

    def _reach(self, told: tuple[Told, ...], caps: Iterable[_Met]) -> bool:
        """Whether there are enough of them for one of the caps."""
        for count, since, purpose, channel in caps:
            near = 0
            for at, of_purpose, by_channel, _ in told:
                if at > since and purpose in (None, of_purpose) and channel in (None, by_channel):
                    near += 1
            if near >= count:
                return True
        return False


def _earliest(message: Message, now: datetime) -> datetime:
    """It may not go before now, nor before its day has begun anywhere."""
    begins = [now]
    if message.not_before is not None:
        begins.append(message.not_before)
    if message.day is not None:
        begins.append(datetime.combine(datetime.fromisoformat(message.day), time(), UTC) - _EARLIEST_ZONE)
    return max(begins)
