"""The rooms of the console, in no order: each is built with the frame. A new room is one line here."""

from collections.abc import Callable

from console.agenda.room import agenda_room
from console.audit.room import audit_room
from console.board.room import board_room
from console.calendars.room import calendars_room
from console.campaigns.room import campaigns_room
from console.canned.room import canned_room
from console.case.room import case_room
from console.contact.room import contact_room
from console.contact_rules.room import contact_rules_room
from console.customer.room import customer_room
from console.escalations.room import escalations_room
from console.frame.frame import Frame
from console.frame.room import Room
from console.inbox.room import inbox_room
from console.incidents.room import incident_deeds_room, incidents_room
from console.keys.room import keys_room
from console.knowledge.room import knowledge_room
from console.labels.room import labels_room
from console.me.room import me_room
from console.notices.room import notices_room
from console.plans.room import plans_room
from console.promises.room import promises_room
from console.recipients.room import recipients_room
from console.rehearsal.room import rehearsal_room
from console.remedies.room import remedies_room
from console.reports.room import reports_room
from console.results.room import results_room
from console.search.room import search_room
from console.segments.room import segments_room
from console.sending.room import sending_room
from console.staff.room import staff_room
from console.talk.room import talk_room
from console.undelivered.room import undelivered_room

ROOMS: tuple[Callable[[Frame], Room], ...] = (
    inbox_room,
    talk_room,
    case_room,
    customer_room,
    me_room,
    notices_room,
    staff_room,
    audit_room,
    board_room,
    search_room,
    undelivered_room,
    canned_room,
    promises_room,
    calendars_room,
    escalations_room,
    keys_room,
    knowledge_room,
    labels_room,
    reports_room,
    incidents_room,
    incident_deeds_room,
    remedies_room,
    segments_room,
    campaigns_room,
    plans_room,
    recipients_room,
    rehearsal_room,
    results_room,
    agenda_room,
    contact_room,
    contact_rules_room,
    sending_room,
)
