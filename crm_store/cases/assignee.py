"""Pure: what whoever has a case is told of it, unless they did it themselves."""

from datetime import datetime

from crm_store.cases.complaints import Complaint
from crm_store.cases.events import By
from crm_store.staff.notices import Notice

ASSIGNED, REOPENED = "case_assigned", "case_reopened"


def told_assigned(case: Complaint, by: By, name: str, now: datetime) -> list[Notice]:
    """`name` is the name of the colleague who gave it to them, empty when it was none."""
    return _told(ASSIGNED, case, by, now.isoformat(), {"by": name})


def told_reopened(case: Complaint, by: By) -> list[Notice]:
    return _told(REOPENED, case, by, str(case.reopened), {"times": case.reopened})


def _told(kind: str, case: Complaint, by: By, once: str, values: dict[str, object]) -> list[Notice]:
    if case.assignee_id is None or case.assignee_id == by.staff_id:
        return []
    return [Notice(case.assignee_id, f"{kind}:{case.id}:{once}", kind, {"number": case.number, **values}, case.id)]
