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
        # The topic as a whole stands under None.
        self._heard: OrderedDict[tuple[str, int | None], int] = OrderedDict()

    def now(self) -> str:
        return f"{self._me}.{self._last}"

    def heard(self, topic: str, number: int) -> None:
        self._last += 1
        for key in ((topic, number), (topic, None)):
            self._heard[key] = self._last
            self._heard.move_to_end(key)
        while len(self._heard) > self._room:
            _, number_then = self._heard.popitem(last=False)
            self._floor = max(self._floor, number_then)

    def missed(self) -> None:
        """Signals may have been lost: every stamp until now is out of date."""
        self._last += 1
        self._floor = self._last

    def is_stale(self, stamp: str, topic: str, number: int | None) -> bool:
        """Whether something was signalled after `stamp`: of this number (or for everybody), of any where it is None."""
        since = self._number(stamp)
        if since is None:
            return True
        wanted = [(topic, None)] if number is None else [(topic, number), (topic, EVERYTHING)]
        return any(self._heard.get(key, 0) > since for key in wanted)

    def since(self, stamp: str, topic: str) -> frozenset[int] | None:
        """The numbers signalled after `stamp`; None when it may have been any: for everybody, or not known any more."""
        last = self._number(stamp)
        if last is None or self._heard.get((topic, EVERYTHING), 0) > last:
            return None
        found = []
        for (about, number), when in reversed(self._heard.items()):
            if when <= last:
                break
            if about == topic and number is not None:
                found.append(number)
        return frozenset(found)

    def _number(self, stamp: str) -> int | None:
        """None for a stamp that says nothing."""
        process, _, told = stamp.partition(".")
        if process != self._me or not told.isdigit():
            return None
        number = int(told[:15])
        return number if number >= self._floor else None
