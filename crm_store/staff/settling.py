"""Notices that settle by themselves, because what they are about has been seen to. SQL, set by set."""

from sqlalchemy import text

ESCALATIONS = text(
    """
    update staff_notices n set read_at = :now from escalations e
     where e.id = any(:ids) and n.read_at is null and n.values ->> 'escalation' = e.id::text
       and (n.complaint_id = e.complaint_id or n.conversation_id = e.conversation_id)
    returning n.staff_id
    """
)

CASE_OVER = text(
    "update staff_notices set read_at = :now where complaint_id = :id and read_at is null returning staff_id"
)

# Leaders who were called see to it that it goes on; to the other handlers it is no matter of theirs any more.
CASE_TAKEN = text(
    """
    update staff_notices n set read_at = :now from staff s
     where n.complaint_id = :id and n.read_at is null and n.staff_id <> :by and s.id = n.staff_id and s.role = 'handler'
    returning n.staff_id
    """
)

TALK_MOVED = text(
    """
    update staff_notices set read_at = :now
     where conversation_id = :id and read_at is null and kind = 'talk_assigned'
    returning staff_id
    """
)

INCIDENT_OVER = text(
    """
    update staff_notices set read_at = :now
     where read_at is null and kind = 'incident' and values ->> 'incident' = cast(:id as text)
    returning staff_id
    """
)
