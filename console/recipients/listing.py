"""The list of who got it: by firing, by outcome and reason, by name or number, page by page."""

import re
from typing import Any
from urllib.parse import urlencode

from pydantic import BaseModel, Field

from console.campaigns.page import campaign_of
from console.frame.frame import Frame
from console.frame.visible import plain
from console.frame.visit import Visit
from console.plans.moments import Moments
from crm_store.crm import Crm
from crm_store.decision.decision import Reason
from crm_store.planning.progress import FiringProgress
from crm_store.planning.recipients import Recipient, RecipientsWanted
from crm_store.planning.touches import TouchState
from crm_store.plans.triggers import Firing

MOST = 50
LONGEST = 80
_AFTER = re.compile(r"([1-9]\d{0,17})-([1-9]\d{0,17})", re.ASCII)


class Asked(BaseModel):
    """What somebody wants to see; whatever cannot be read is any. `firing` 0: all there are. `q`: name or number."""

    firing: int = Field(-1, ge=-1, lt=2**62)
    state: str = Field("", max_length=60)
    reason: str = Field("", max_length=60)
    q: str = Field("", max_length=4 * LONGEST)
    after: str = Field("", max_length=60)

    def to(self, **other: Any) -> str:
        """The query of the same with something else."""
        told = {"firing": self.firing, "state": self.state, "reason": self.reason, "q": self.q, **other}
        return urlencode({name: value for name, value in told.items() if value not in ("", -1)})


class RecipientsListing:
    """Reads the page."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    async def values(self, crm: Crm, campaign_id: int, visit: Visit, asked: Asked) -> dict[str, Any]:
        """Raises `NotThere`."""
        campaign = await campaign_of(crm, campaign_id)
        firings = await crm.progress.of(campaign_id, visit.now)
        plan = await crm.campaigns.plan(campaign_id, campaign.approved_version or campaign.version)
        moments = Moments(self._frame.texts, visit.language, self._frame.house.zone)
        ids = [each.occurrence.id for each in firings]
        firing = asked.firing if asked.firing in (0, *ids) else (ids[0] if ids else 0)
        asked = _sound(asked, firing)
        chosen = [each for each in firings if firing in (0, each.occurrence.id)]
        rows = await self._rows(crm, chosen, asked)
        return {
            "campaign": campaign,
            "asked": asked,
            "firings": [(each.occurrence.id, moments.firing(_fired(each), plan)) for each in firings],
            "groups": _groups(chosen),
            "rows": rows[:MOST],
            "next": f"{rows[MOST - 1].occurrence_id}-{rows[MOST - 1].customer_id}" if len(rows) > MOST else "",
            "others": await self._others(crm, asked, rows, chosen),
        }

    async def _rows(self, crm: Crm, chosen: list[FiringProgress], asked: Asked) -> list[Recipient]:
        after = _AFTER.fullmatch(asked.after)
        wanted = RecipientsWanted(
            tuple(sorted(each.occurrence.id for each in chosen)),
            asked.state,
            asked.reason,
            asked.q,
            (int(after[1]), int(after[2])) if after else None,
            MOST,
        )
        return await crm.recipients.page(wanted) if chosen else []

    async def _others(
        self, crm: Crm, asked: Asked, rows: list[Recipient], chosen: list[FiringProgress]
    ) -> list[tuple[int, int, str, str | None]]:
        """Of this name, and not among those it was planned for: their why can be asked all the same."""
        if not asked.q or asked.after or not chosen or asked.state or asked.reason:
            return []
        planned = {row.customer_id for row in rows}
        firing = chosen[0].occurrence.id
        found = await crm.recipients.people(asked.q)
        return [(firing, one, name, number) for one, name, number in found if one not in planned]


def _sound(asked: Asked, firing: int) -> Asked:
    state = asked.state if asked.state in set(TouchState) else ""
    reason = asked.reason if asked.reason in set(Reason) else ""
    words = " ".join(plain(asked.q).replace("\0", "").split())[:LONGEST]
    return Asked(firing=firing, state=state, reason=reason, q=words, after=asked.after)


def _fired(each: FiringProgress) -> Firing:
    occurrence = each.occurrence
    return Firing(occurrence.key, occurrence.due_at, occurrence.expires_at, occurrence.day)


def _groups(firings: list[FiringProgress]) -> list[tuple[str, int, list[tuple[str, int]]]]:
    """State, people, and its reasons with people, in the order of the states."""
    found = []
    for state in TouchState:
        reasons: dict[str, int] = {}
        for firing in firings:
            for reason, people in firing.by_reason(state).items():
                reasons[reason] = reasons.get(reason, 0) + people
        if reasons:
            listed = sorted(reasons.items(), key=lambda row: -row[1])
            found.append((str(state), sum(reasons.values()), listed))
    return found
