"""A campaign's own rate, below its lane's, as far as it falls to this lane."""

import asyncio
import time
from collections.abc import Iterable, Sequence

from crm_store.sending.due import Due
from scheduler.rate import SlidingWindow, span_for


class CampaignPaces:
    """Of the campaigns of one lane; one without a rate of its own is not held back."""

    def __init__(self) -> None:
        self._windows: dict[int, SlidingWindow] = {}

    def room(self, due: Sequence[Due], under_way: Iterable[int]) -> dict[int, int]:
        """How many more of each may be taken now; `under_way`: the campaigns of those taken and not sent yet."""
        self.heed(due)
        now, taken = time.monotonic(), list(under_way)
        return {id: max(0, window.room(now) - taken.count(id)) for id, window in self._windows.items()}

    async def slot(self, campaign_id: int) -> None:
        """Return when the next message of the campaign goes."""
        window = self._windows.get(campaign_id)
        if window is None:
            return
        while (wait := window.free_at(now := time.monotonic()) - now) > 0:
            await asyncio.sleep(wait)
        window.take(now)

    def heed(self, due: Sequence[Due]) -> None:
        """As the marketers have it now. Of several occurrences of a campaign the smallest share counts."""
        for each in sorted(due, key=lambda each: -(each.rate or 0)):
            if each.rate is None:
                self._windows.pop(each.campaign_id, None)
            elif each.campaign_id in self._windows:
                self._windows[each.campaign_id].change(*span_for(each.rate))
            else:
                self._windows[each.campaign_id] = SlidingWindow(*span_for(each.rate))
