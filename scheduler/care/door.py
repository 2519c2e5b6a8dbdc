"""What care may use of its lane: the pace it shares with replies, the state of the provider, and the way out."""

from datetime import datetime
from typing import Protocol

from bot.channels.base import Outbound, SendResult
from scheduler.breaker import Breaker
from scheduler.pace import Pace


class Door(Protocol):
    """One lane, held by us."""

    name: str
    channel_name: str
    pace: Pace
    breaker: Breaker

    @property
    def is_repeatable(self) -> bool:
        """Whether the same send twice does no harm."""
        ...

    @property
    def is_read_here(self) -> bool:
        """Whether what is sent is read in our own store."""
        ...

    def must_wait(self, now: datetime) -> bool:
        """The provider has asked for it, or answers nothing useful."""
        ...

    async def hand_over(self, message: Outbound) -> SendResult:
        """To the provider, whatever it says."""
        ...
