"""One of everything that the console can show: a shopper, their conversation and case with all that hangs on it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from crm_store.cases.attachments import Attachment
from crm_store.cases.complaints import Complaint
from crm_store.cases.events import By, Event, Happened
from crm_store.cases.facts import CaseFact
from crm_store.crm import Crm
from crm_store.desk.handoffs import HandoffRecord
from crm_store.desk.later import LaterReply
from crm_store.incidents.incidents import Incident, IncidentNotice, IncidentUpdate
from crm_store.keys import new_key
from crm_store.loyalty.orders import Order
from crm_store.people.consent import ConsentEntry
from crm_store.people.customers import Customer
from crm_store.people.identities import ChannelIdentity
from crm_store.people.preferences import Occasion, Preference
from crm_store.promises.defaults import ensure_promises
from crm_store.promises.escalations import Escalation
from crm_store.remedies.follow_ups import FollowUp
from crm_store.remedies.remedy import Remedy
from crm_store.segments.segments import Segment, SegmentVersion
from crm_store.shop.knowledge import Article
from crm_store.staff.canned import CannedReply
from crm_store.staff.members import Team
from crm_store.staff.notes import StaffNote
from crm_store.staff.notices import StaffNotice
from crm_store.talks.conversations import Conversation
from crm_store.talks.outbox import OutboxMessage
from tests.console.conftest import NOW
from tests.console.sweep.campaigns import a_campaign
from tests.store.desk_shop import Case, DeskShop

TOKEN = "t0ken-of-a-file"
EARLIER = NOW - timedelta(hours=2)


async def everything(crm: Crm, words: str, team: int, staff: int, person: str = "") -> Mapping[str, Any]:
    """A case of `team` in the hands of `staff`, `words` wherever somebody wrote; `person` is whom and where it is from.

    Gives what the keys of the console's paths stand for, e.g. ``{"talk": 1, "number": "C00002", …}``.
    """
    await ensure_promises(crm, EARLIER, "Asia/Singapore")
    await crm.remedies.limits.ensure()
    shop = DeskShop(crm)
    written: dict[str, Any] = {"what_happened": words, "wanted": words, "category": "of_another_system"}
    case = await shop.case(person or words, team_id=team, assignee_id=staff, **written)
    await _person(crm, person or words, case)
    await _matter(crm, words, case, team, staff)
    said = await shop.said(case, words, 30, kind="media")
    lost = await shop.said(case, words, 20, "staff", staff_id=staff, delivery="failed")
    await shop.said(case, words, 10, "bot", choices=[{"id": "c1", "label": words, "payload": "/affirm"}])
    crm.complaint_events.add(case.complaint_id, Event(Happened.OPENED, By("shopper"), {"store": words}), EARLIER)
    moved = Event(Happened.CHANGED, By("staff", staff), {"name": "wanted", "from": words, "to": words})
    crm.complaint_events.add(case.complaint_id, moved, EARLIER)
    await crm.clocks.refresh([case.complaint_id], NOW)
    told = {**_of_the_case(words, case, staff), **_of_the_talk(words, case, staff, said, lost), **_shared(words, team)}
    await shop.add(*told.values())
    await shop.add(
        IncidentUpdate(incident_id=told["incident_id"].id, text={"en": words, "zh": words}, staff_id=staff, at=EARLIER)
    )
    asked = {"kind": "condition", "field": "tier", "op": "in", "values": [words[:90]]}
    await shop.add(SegmentVersion(segment_id=told["segment_id"].id, version=1, expression=asked, made_at=EARLIER))
    await _in_the_incident(crm, case, told["incident_id"].id)
    row = new_key(words, ["complaints:read"], NOW)[1]
    await shop.add(row)
    values = {name: row.id for name, row in told.items() if name.endswith("_id")}
    await crm.lanes.ensure(["webchat:main"])
    values |= await a_campaign(crm, person or words, staff, case.customer_id, EARLIER)
    return values | _keys(case, team, staff, said) | {"prefix": row.prefix}


def _keys(case: Case, team: int, staff: int, said: int) -> dict[str, Any]:
    """By the names the paths use."""
    return {
        "talk": case.conversation_id,
        "conversation_id": case.conversation_id,
        "number": case.number,
        "complaint_id": case.complaint_id,
        "customer_id": case.customer_id,
        "identity_id": case.identity_id,
        "interaction_id": said,
        "staff_id": staff,
        "team_id": team,
        "token": TOKEN,
        "topic": "returns",
        "lane": "webchat:main",
        "state": "received",
        "cause": "missed",
        "calendars.name": "desk",
        "promises.name": "severe",
    }


async def _person(crm: Crm, words: str, case: Case) -> None:
    customer = await crm.session.get_one(Customer, case.customer_id)
    customer.member_number, customer.address, customer.email = "M10000042", words, f"{words[:60]}@example.com"
    identity = await crm.session.get_one(ChannelIdentity, case.identity_id)
    identity.display_name, identity.address = words, words
    mine = {"customer_id": case.customer_id, "identity_id": case.identity_id, "at": EARLIER}
    bought = {"placed_at": EARLIER, "channel": "web", "state": "placed", "total_cents": 1250, "address": words}
    crm.session.add_all(
        [
            ConsentEntry(**mine, purpose="care", granted=True, source="chat", question=words, answer=words),
            Preference(**mine, kind="words", value={}, words=words),
            Occasion(**mine, kind="birthday", month=5, day=3, words=words),
            Order(number=words[:60], customer_id=case.customer_id, **bought),
        ]
    )
    await crm.session.flush()


async def _matter(crm: Crm, words: str, case: Case, team: int, staff: int) -> None:
    talk = await crm.session.get_one(Conversation, case.conversation_id)
    talk.control, talk.holder_id, talk.team_id, talk.waiting_since = "person", staff, team, EARLIER
    talk.note = {"text": words, "until": NOW.isoformat()}
    complaint = await crm.session.get_one(Complaint, case.complaint_id)
    complaint.order_number = complaint.product_sku = complaint.store_code = words
    complaint.carrier = complaint.campaign = words
    await crm.session.flush()


def _of_the_case(words: str, case: Case, staff: int) -> dict[str, Any]:
    mine = {"complaint_id": case.complaint_id}
    return {
        "fact": CaseFact(**mine, name="phone", value=words, origin="said", at=EARLIER),
        "old fact": CaseFact(**mine, name="wanted", value=words, origin="said", at=EARLIER, replaced_at=NOW),
        "note": StaffNote(**mine, staff_id=staff, text=words, at=EARLIER),
        "escalation_id": Escalation(**mine, key="case", cause="missed", role="handler", raised_at=EARLIER),
        "remedy_id": Remedy(
            **mine, kind="refund", amount=5000, cost=5000, reason=words, proposed_by=staff, proposed_at=EARLIER
        ),
        "follow up": FollowUp(
            **mine, ordinal=1, due_at=EARLIER, asked_at=EARLIER, answered_at=NOW, answer="no", words=words
        ),
        "notice_id": StaffNotice(
            **mine,
            staff_id=staff,
            key="n",
            kind="missed",
            values={"number": case.number, "clock": "resolution", "due_at": NOW.isoformat()},
            at=EARLIER,
        ),
    }


def _of_the_talk(words: str, case: Case, staff: int, said: int, lost: int) -> dict[str, Any]:
    mine = {"conversation_id": case.conversation_id}
    fact = {"name": "wanted", "value": words, "origin": "said"}
    tried = {"interaction_id": said, "said": words, "intent": "ask_points", "confidence": 0.4, "answered": words}
    return {
        "talk note": StaffNote(**mine, staff_id=staff, text=words, at=EARLIER),
        "later_id": LaterReply(
            **mine, staff_id=staff, text=words, send_at=NOW + timedelta(hours=9), written_at=EARLIER
        ),
        "handoff": HandoffRecord(**mine, reason="asked", facts=[fact], tried=[tried], promised=words, at=EARLIER),
        "file": Attachment(
            **mine,
            token=TOKEN,
            interaction_id=said,
            complaint_id=case.complaint_id,
            name=words,
            media_type="image/png",
            state="refused",
            reason="type",
            at=EARLIER,
        ),
        "outbox_id": OutboxMessage(
            **mine,
            lane="webchat:main",
            interaction_id=lost,
            address="w",
            purpose="reply",
            author="staff",
            priority=0,
            body={"text": words},
            state="failed",
            error=words,
            queued_at=EARLIER,
        ),
    }


def _shared(words: str, team: int) -> dict[str, Any]:
    both = {"en": words, "zh": words}
    return {
        "incident_id": Incident(shares="product", value=words, title=words, opened_at=EARLIER),
        "segment_id": Segment(name=words, about=words, made_at=EARLIER),
        "reply_id": CannedReply(shortcut="hello", title=both, text=both, team_id=team, changed_at=EARLIER),
        "article": Article(topic="returns", text=both, keywords={"en": [words], "zh": [words]}, changed_at=EARLIER),
    }


async def _in_the_incident(crm: Crm, case: Case, incident_id: int) -> None:
    (await crm.session.get_one(Complaint, case.complaint_id)).incident_id = incident_id
    told = await crm.incidents.updates_of(incident_id)
    crm.session.add(IncidentNotice(update_id=told[0].id, complaint_id=case.complaint_id, outcome="queued", at=EARLIER))
    await crm.session.flush()


async def a_team(crm: Crm, code: str) -> int:
    team = Team(code=code, name={"en": code, "zh": code})
    crm.session.add(team)
    await crm.session.flush()
    return team.id
