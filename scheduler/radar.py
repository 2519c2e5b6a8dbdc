"""The cause radar: every minute, complaints that share a cause are brought together and the leaders are told."""

from collections.abc import Callable
from datetime import datetime

from crm_store.database import Store


class Radar:
    """May look in several processes at once: each cause becomes one incident."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    async def look(self) -> None:
        """Join what belongs together, open what is new. Raises `StoreUnavailable`."""
        now = self._now()
        async with self._store.transaction() as crm:
            joined = await crm.incident_sweep.join(now)
            opened = await crm.incident_sweep.open(now)
            await crm.notices.add(await crm.incident_sweep.notices(opened), now)
            for complaint_id in (*joined, *(case for _, cluster in opened for case in cluster.complaint_ids)):
                crm.nudge("desk", complaint_id)
                crm.nudge("case", complaint_id)
