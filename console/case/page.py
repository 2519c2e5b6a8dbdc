"""Everything the page of one case shows, read in one transaction."""

from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from console.case.facts import facts_of
from console.case.head import Head, head_of
from console.case.lengths import amount_words
from console.case.reading import case_of
from console.case.speaking import Known
from console.case.strokes import at_one_stroke
from console.case.telling import SHOWN, Line, Teller
from console.frame.frame import Frame
from console.frame.visit import Visit
from console.inbox.choices import colleagues_of
from console.inbox.wanted import CATEGORIES, SEVERITIES
from crm_store.cases.complaints import Complaint
from crm_store.cases.events import Happened
from crm_store.crm import Crm
from crm_store.queue.queue_row import QueueRow
from crm_store.remedies.granting import RemedyKind
from crm_store.staff.members import Role, StaffMember
from crm_store.staff.scope import Scope

PAUSES = ("shopper", "carrier", "supplier", "store", "other")


@dataclass(frozen=True)
class Ties:
    """Conversations in sight, those of the same shopper that could be added, and the cases that came into this one."""

    talks: list[QueueRow]
    others: list[QueueRow]
    absorbed: list[QueueRow]


async def page_of(frame: Frame, crm: Crm, visit: Visit, number: str, show: str = "all") -> dict[str, Any]:
    """The values of ``case/case.html``. Raises `NotThere`. Whoever looks is written down."""
    case = await case_of(crm, visit.scope, number)
    await crm.audit.viewed(visit.staff.id, "complaint", case.id, visit.now)
    head = await head_of(crm, visit.scope, case.id)
    shown = show if show in SHOWN else "all"
    teller = await teller_of(frame, crm, visit.language)
    return {
        "head": head,
        "me": visit.staff.id,
        "facts": await facts_of(crm, head.case, teller),
        "files": await crm.attachments.of_complaint(case.id),
        "lines": await lines_of(crm, visit.scope, case.id, teller, shown),
        "show": shown,
        "shows": tuple(SHOWN),
        "clocks": await crm.clocks.of(case.id),
        "ties": await ties_of(crm, visit, head.case),
        "follow_ups": await crm.follow_ups.of(case.id),
        "pauses": PAUSES,
        "problem": None,
        "draft": None,
        **await _choices(crm, head),
        **await _remedies(frame, crm, visit, case.id),
    }


async def teller_of(frame: Frame, crm: Crm, language: str) -> Teller:
    staff = {one.id: one.name for one in await crm.staff.all()}
    teams = {team.id: team.name for team in await crm.staff.teams()}
    stores = {store.code: store.name for store in await crm.stores.all()}
    return Teller(frame.texts, frame.house.zone, language, Known(await crm.labels.all(), staff, teams, stores))


async def lines_of(crm: Crm, scope: Scope, complaint_id: int, teller: Teller, show: str = "all") -> list[Line]:
    """Newest first."""
    kinds = SHOWN.get(show, ())
    entries = at_one_stroke(await crm.timelines.of_complaint(scope, complaint_id))
    return [teller.line(entry) for entry in reversed(entries) if not kinds or entry.kind in kinds]


async def ties_of(crm: Crm, visit: Visit, case: Complaint) -> Ties:
    tied = await crm.ties.conversations_of(case.id)
    theirs: list[int] = []
    if case.customer_id is not None or case.identity_id is not None:
        theirs = [key for key in await _conversations_of_shopper(crm, visit, case) if key not in tied]
    rows = await crm.queue.those(visit.scope, await _absorbed(crm, case.id), [*tied, *theirs])
    return Ties(
        [row for row in rows if row.kind == "talk" and row.conversation_id in tied],
        [row for row in rows if row.kind == "talk" and row.conversation_id in theirs],
        [row for row in rows if row.kind == "case"],
    )


async def _conversations_of_shopper(crm: Crm, visit: Visit, case: Complaint) -> list[int]:
    today = visit.now.date()
    if case.customer_id is not None:
        panel = await crm.timelines.panel(visit.scope, case.customer_id, visit.now, today)
    else:
        panel = await crm.timelines.panel_of_address(visit.scope, case.identity_id or 0, visit.now, today)
    return [reach.conversation_id for reach in panel.identities if reach.conversation_id] if panel else []


async def _absorbed(crm: Crm, complaint_id: int) -> list[int]:
    """Cases that went into this one and were not taken out again."""
    inside: dict[int, None] = {}
    for event in await crm.complaint_events.of([complaint_id]):
        if event.kind == Happened.ABSORBED:
            inside[event.detail["from_id"]] = None
        if event.kind == Happened.RELEASED:
            inside.pop(event.detail.get("to_id", 0), None)
    return list(inside)


async def _choices(crm: Crm, head: Head) -> dict[str, Any]:
    case = head.case
    given = await crm.labels.tags_of(case.id)
    return {
        "colleagues": await those_who_may_have(crm, case),
        "teams": await crm.staff.teams(),
        "stores": await crm.stores.all(),
        "categories": CATEGORIES,
        "severities": SEVERITIES,
        "tags": given,
        "more_tags": [tag for tag in await crm.labels.tags() if tag.id not in {one.id for one in given}],
    }


async def those_who_may_have(crm: Crm, case: Complaint) -> list[StaffMember]:
    """Colleagues in whose sight it is."""
    memberships = await crm.staff.memberships()
    return [
        one
        for one in await colleagues_of(crm)
        if one.role == Role.ADMIN or case.team_id is None or case.team_id in memberships.get(one.id, frozenset())
    ]


async def _remedies(frame: Frame, crm: Crm, visit: Visit, complaint_id: int) -> dict[str, Any]:
    limits = await crm.remedies.limits.all()
    remedies = await crm.remedies.of(complaint_id)
    wanted = {key for one in remedies for key in (one.proposed_by, one.decided_by) if key}

    def amount(kind: str, value: int) -> str:
        return amount_words(frame.texts, visit.language, kind, value)

    return {
        "remedies": remedies,
        "past": await crm.remedies.past.similar(complaint_id, visit.scope, 6),
        "kinds": [kind for kind in RemedyKind if (visit.role, kind) in limits],
        "own_limits": {kind: limits[visit.role, kind] for kind in RemedyKind if (visit.role, kind) in limits},
        "hands": await crm.staff.names(wanted),
        "amount": amount,
        "key": token_hex(8),
        "incidents": [seen.incident for seen in await crm.incidents.open_ones(visit.scope)],
    }
