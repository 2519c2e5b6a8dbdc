"""Which cases belong to an incident: taken in and out by number, each told to the desk and to whoever looks at it."""

from dataclasses import dataclass

from console.frame.visit import Visit
from console.incidents.reading import seen_one
from crm_store.crm import Crm
from crm_store.database import Store
from crm_store.incidents.incidents import IncidentOver, IncidentUnknown


@dataclass(frozen=True)
class Membership:
    """Both give the text that says why not; empty when it is done."""

    store: Store

    async def join(self, visit: Visit, incident_id: int, number: str) -> str:
        """Raises `NotThere` for an incident of other teams."""
        try:
            async with self.store.transaction() as crm:
                await seen_one(crm, visit.scope, incident_id)
                case = await crm.complaints.numbered(number)
                if case is None:
                    return "incidents.no_case"
                await crm.incidents.join(incident_id, case.id, visit.scope, visit.now)
                _nudge(crm, case.id)
        except IncidentUnknown:
            return "incidents.no_case"
        except IncidentOver:
            return "incidents.case_over"
        return ""

    async def leave(self, visit: Visit, incident_id: int, number: str) -> str:
        try:
            async with self.store.transaction() as crm:
                case = await crm.complaints.numbered(number)
                if case is None or case.incident_id != incident_id:
                    return "incidents.no_case"
                await crm.incidents.leave(case.id, visit.scope, visit.now)
                _nudge(crm, case.id)
        except IncidentUnknown:
            return "incidents.no_case"
        return ""


def _nudge(crm: Crm, complaint_id: int) -> None:
    crm.nudge("case", complaint_id)
    crm.nudge("desk", complaint_id)
