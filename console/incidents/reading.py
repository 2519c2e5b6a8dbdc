"""Incidents as they are shown: alike for a page and for what is pushed into it."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from console.frame.frame import Frame
from console.frame.visit import NotThere
from console.live.part import Look
from crm_store.crm import Crm
from crm_store.incidents.incidents import IncidentSeen, IncidentUnknown
from crm_store.model import Words
from crm_store.staff.members import Role
from crm_store.staff.scope import Scope

OPEN, CLOSED = "open", "closed"
LEADING = {Role.SUPERVISOR, Role.ADMIN}


async def seen_one(crm: Crm, scope: Scope, incident_id: int) -> IncidentSeen:
    """Raises `NotThere`, also for other teams'."""
    try:
        return await crm.incidents.get(incident_id, scope)
    except IncidentUnknown:
        raise NotThere from None


async def label_of(crm: Crm, seen: IncidentSeen) -> Words:
    """What the product or store is called; empty where it has no name."""
    shared = (seen.incident.shares, seen.incident.value)
    return (await crm.incidents.members.labels([shared])).get(shared, {})


@dataclass(frozen=True)
class Incidents:
    """Reads, and renders the live parts `incidents.list` and `incidents.one`."""

    frame: Frame

    async def listed(self, crm: Crm, scope: Scope, view: str) -> dict[str, Any]:
        found = await (crm.incidents.closed_ones(scope) if view == CLOSED else crm.incidents.open_ones(scope))
        return {
            "view": view,
            "rows": found,
            "labels": await crm.incidents.members.labels((row.incident.shares, row.incident.value) for row in found),
            "names": await crm.staff.names(row.incident.owner_id for row in found if row.incident.owner_id),
        }

    async def one(self, crm: Crm, scope: Scope, incident_id: int) -> dict[str, Any]:
        """Raises `NotThere`."""
        seen = await seen_one(crm, scope, incident_id)
        updates = await crm.incidents.updates_of(incident_id)
        told = await crm.incidents.members.told(incident_id, scope)
        people = {update.staff_id for update in updates} | {seen.incident.owner_id or 0}
        return {
            "seen": seen,
            "incident": seen.incident,
            "label": await label_of(crm, seen),
            "members": await crm.incidents.members.of(incident_id, scope),
            "updates": updates[::-1],
            "told": told,
            "fates": {update_id: Counter(each.fate for each in cases) for update_id, cases in told.items()},
            "names": await crm.staff.names(people),
            "states": await crm.labels.all(),
            "leads": scope.role in LEADING,
        }

    async def live_list(self, look: Look) -> str:
        view = CLOSED if look.argument == CLOSED else OPEN
        async with self.frame.store.transaction() as crm:
            values = await self.listed(crm, look.scope, view)
        return self.frame.part(look.language, "incidents/list.html", **values)

    async def live_one(self, look: Look) -> str:
        try:
            async with self.frame.store.transaction() as crm:
                values = await self.one(crm, look.scope, look.number)
        except NotThere:
            return ""
        return self.frame.part(look.language, "incidents/one.html", **values)
