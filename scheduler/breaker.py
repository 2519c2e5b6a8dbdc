"""Pure: a lane whose provider answers nothing useful rests, longer each time, and asks again with a single message."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.channels.base import Result, SendResult

IN_A_ROW = 10
LOOKED_AT = 40
TOO_MANY = 30
"""So many failures in a row, or so many of the last `LOOKED_AT`, and the lane rests."""
REST = timedelta(seconds=5)
LONGEST_REST = timedelta(minutes=5)


@dataclass(frozen=True)
class Breaker:
    """`trips`: rests in a row, 0 while all is well. `until`: the last one's end. `recent`: failures, newest last."""

    trips: int = 0
    until: datetime | None = None
    recent: tuple[bool, ...] = ()

    def rests(self, now: datetime) -> bool:
        """Nothing may be sent."""
        return self.until is not None and now < self.until

    def probes(self, now: datetime) -> bool:
        """The rest is over: one message shows whether the next are worth sending."""
        return self.trips > 0 and not self.rests(now)

    def after(self, result: SendResult, now: datetime) -> "Breaker":
        """What a send's end makes of it. Sends that were under way when the rest began say nothing new."""
        failed = is_failure(result)
        if self.rests(now):
            return self
        if self.trips:
            return self._tripped(now) if failed else Breaker()
        seen = replace(self, recent=(*self.recent, failed)[-LOOKED_AT:])
        return seen._tripped(now) if seen._is_too_much() else seen

    def _is_too_much(self) -> bool:
        return self.recent[-IN_A_ROW:] == (True,) * IN_A_ROW or sum(self.recent) >= TOO_MANY

    def _tripped(self, now: datetime) -> "Breaker":
        rest = min(REST * 2 ** min(self.trips, 10), LONGEST_REST)
        return Breaker(self.trips + 1, now + rest)


def is_failure(result: SendResult) -> bool:
    """No useful answer. One that names a time for the account to wait, or a fault of the message, is an answer."""
    if result.result is Result.RETRY_AT:
        return not result.whole_account
    return result.result is Result.UNKNOWN
