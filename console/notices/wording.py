"""A notice in words, the same as in the letter that tells it outside the console; and the page it is about."""

from pathlib import Path

import scheduler.notices
from console.frame.frame import Frame
from crm_store.sentences import read_sentences
from crm_store.staff.members import StaffMember
from crm_store.staff.notices import PendingNotice, StaffNotice
from scheduler.notices import Letterbox, Notices


class Wording:
    """Reads the scheduler's sentences once."""

    def __init__(self, frame: Frame) -> None:
        sentences = read_sentences(Path(scheduler.notices.__file__).with_name("sentences.yml"), frame.house.shop)
        self._notices = Notices(frame.store, sentences, Letterbox({}, "/console", frame.house.zone), frame.now)

    def of(self, notice: StaffNotice, reader: StaffMember) -> str:
        return self._notices.text(
            PendingNotice(
                id=notice.id,
                staff_id=reader.id,
                kind=notice.kind,
                values=notice.values,
                complaint_id=notice.complaint_id,
                conversation_id=notice.conversation_id,
                notify_by=reader.notify_by,
                notify_address=reader.notify_address,
                language=reader.language,
                name=reader.name,
            )
        )


def address_of(notice: StaffNotice) -> str:
    """Where the incident, the case or the conversation is shown."""
    if notice.kind == "incident" and isinstance(notice.values.get("incident"), int):
        return f"/console/incidents/{notice.values['incident']}"
    number = str(notice.values.get("number") or "")
    if number.isalnum():
        return f"/console/cases/{number}"
    return f"/console/talks/{notice.conversation_id}" if notice.conversation_id else "/console/notices"
