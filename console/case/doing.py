"""One deed done to one case: in one transaction, within sight, on the case as it is now, and told afterwards."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from fastapi.responses import Response

from console.case.reading import case_of, held_case, merged_target
from console.frame.errors import own_path
from console.frame.flash import Said
from console.frame.frame import Frame
from console.frame.visit import Visit
from crm_store.cases.complaints import Complaint
from crm_store.cases.events import By
from crm_store.cases.handling import AssigneeRefused
from crm_store.cases.merging import MergeRefused
from crm_store.cases.states import MOVES, REOPENABLE, MoveRefused, State
from crm_store.cases.ties import TagUnknown
from crm_store.crm import Crm
from crm_store.errors import CareLoopError
from crm_store.incidents.incidents import IncidentOver, IncidentUnknown
from crm_store.model import in_language
from crm_store.remedies.execution import RemedyNeedsMember
from crm_store.remedies.granting import RemedyAmountWrong
from crm_store.remedies.weighing import RemedyNotAllowed, RemedyNotOpen, RemedyUnknown
from crm_store.staff.audit import Deed
from crm_store.staff.notes import NoteRefused

INBOX = "/console/inbox"
REFUSALS: Mapping[type[CareLoopError], str] = {
    AssigneeRefused: "case.assignee_refused",
    TagUnknown: "case.tag_unknown",
    MergeRefused: "case.merge_refused",
    IncidentUnknown: "case.incident_unknown",
    IncidentOver: "case.incident_over",
    RemedyAmountWrong: "case.remedy_amount_wrong",
    RemedyNotAllowed: "case.remedy_not_allowed",
    RemedyNotOpen: "case.remedy_not_open",
    RemedyUnknown: "case.remedy_unknown",
    RemedyNeedsMember: "case.remedy_needs_member",
    NoteRefused: "case.note_refused",
}
"""What the store refuses, and the sentence that says so."""


@dataclass(frozen=True)
class Doing:
    """Somebody's hand on one case of the transaction `crm`."""

    crm: Crm
    visit: Visit
    case: Complaint

    @property
    def by(self) -> By:
        return By("staff", self.visit.staff.id)

    def note(self, action: str, **detail: object) -> None:
        """Into the audit, with the change or not at all."""
        deed = Deed(self.visit.staff.id, action, "complaint", str(self.case.id), detail)
        self.crm.audit.note(deed, self.visit.now)

    def nudge(self) -> None:
        """For what the store does not tell by itself."""
        self.crm.nudge("case", self.case.id)
        self.crm.nudge("desk", self.case.id)


Act = Callable[[Doing], Awaitable[Said]]


@dataclass(frozen=True)
class Deeds:
    """Does deeds and says what came of them on the page `back`, which is the case's own where none is given."""

    frame: Frame

    async def do(self, visit: Visit, number: str, act: Act, back: str = "") -> Response:
        """Raises `NotThere` for what is not in sight."""
        here = own_path(back) if back else f"/console/cases/{number}"
        try:
            async with self.frame.store.transaction() as crm:
                case = await held_case(crm, visit.scope, number)
                said = await _merged(crm, visit, case) or await act(Doing(crm, visit, case))
                is_gone = not visit.scope.may_see(case.team_id)
        except MoveRefused:
            said, is_gone = await self._stuck(visit, number), False
        except tuple(REFUSALS) as refused:
            said, is_gone = Said(REFUSALS[type(refused)], {}, "bad"), False
        return self.frame.go(INBOX if is_gone else here, said.key, said.tone, **said.values)

    async def _stuck(self, visit: Visit, number: str) -> Said:
        """Where it is now, and where it can go from there."""
        async with self.frame.store.reading() as crm:
            case = await case_of(crm, visit.scope, number)
            labels = await crm.labels.all()
        state = State(case.state)
        ways = [in_language(labels[way], visit.language) for way in MOVES[state]]
        if state in REOPENABLE:
            ways.append(self.frame.say(visit.language, "case.reopen"))
        possible = self.frame.say(visit.language, "case.comma").join(ways)
        values = {"number": number, "state": in_language(labels[state], visit.language), "possible": possible}
        return Said("case.move_refused", values, "warn")


async def _merged(crm: Crm, visit: Visit, case: Complaint) -> Said | None:
    """Nothing is done to a case that went into another one: it would be done to the other."""
    if case.merged_into is None:
        return None
    into = await merged_target(crm, visit.scope, case)
    if into is None:
        return Said("case.is_merged_away", {"number": case.number}, "warn")
    return Said("case.is_merged", {"number": case.number, "into": into.number}, "warn")
