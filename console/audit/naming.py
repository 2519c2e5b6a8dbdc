"""What the ids in the entries stand for, asked for a whole page at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from crm_store.crm import Crm
from crm_store.desk.audit_names import case_numbers, customer_names
from crm_store.model import Words
from crm_store.staff.audit import AuditEvent
from crm_store.staff.members import StaffMember
from crm_store.staff.scope import Scope

LARGEST = 2**62


@dataclass(frozen=True)
class Names:
    """By id; `states` by their own name. What is not in sight has none."""

    staff: Mapping[int, str]
    teams: Mapping[int, Words]
    cases: Mapping[int, str]
    customers: Mapping[int, str]
    states: Mapping[str, Words]


async def names_of(crm: Crm, scope: Scope, entries: Iterable[AuditEvent], members: Iterable[StaffMember]) -> Names:
    entries = list(entries)
    cases = {_id(entry.detail.get("case")) for entry in entries} | _ids(entries, "complaint")
    return Names(
        staff={member.id: member.name for member in members},
        teams={team.id: team.name for team in await crm.staff.teams()},
        cases=await case_numbers(crm.session, scope, cases),
        customers=await customer_names(crm.session, _ids(entries, "customer")),
        states=await crm.labels.all(),
    )


def _ids(entries: Iterable[AuditEvent], subject: str) -> set[int]:
    return {_id(entry.subject_id) for entry in entries if entry.subject == subject}


def _id(value: object) -> int:
    """0 for what is none."""
    told = str(value or "")
    return int(told) if told.isascii() and told.isdecimal() and int(told) < LARGEST else 0
