"""What has been signalled since a page was rendered, so that nothing falls between its rendering and its socket."""

from collections import OrderedDict
from secrets import token_hex

EVERYTHING = 0
ROOM = 20_000


class Stamps:
    """Numbers the signals this process has heard. A stamp is ``<process>.<number>``: another process's says nothing."""

    def __init__(self, room: int = ROOM) -> None:
        self._me = token_hex(4)
        self._last = 0
        self._floor = 0
        self._room = room
        self._heard: OrderedDict[tuple[str, int], int] = OrderedDict()

    def now(self) -> str:
        return f"{self._me}.{self._last}"

    def heard(self, topic: str, number: int) -> None:
        self._last += 1
        self._heard[topic, number] = self._last
        self._heard.move_to_end((topic, number))
        # The number 0 of a topic and the topic as a whole are looked up, too.
        self._heard[topic, -1] = self._last
        self._heard.move_to_end((topic, -1))
        while len(self._heard) > self._room:
            _, number_then = self._heard.popitem(last=False)
            self._floor = max(self._floor, number_then)

    def missed(self) -> None:
        """Signals may have been lost: every stamp until now is out of date."""
        self._last += 1
        self._floor = self._last

    def is_stale(self, stamp: str, topic: str, number: int | None) -> bool:
        """Whether something was signalled after `stamp`: of this number (or for everybody), of any where it is None."""
        process, _, told = stamp.partition(".")
        if process != self._me or not told.isdigit():
            return True
        since = int(told[:15])
        if since < self._floor:
            return True
        wanted = [(topic, -1)] if number is None else [(topic, number), (topic, EVERYTHING)]
        return any(self._heard.get(key, 0) > since for key in wanted)
