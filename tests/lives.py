"""Somebody of whom every table knows something: what is only theirs holds the word ZEBRA, wherever it stands."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from crm_store.answers.surveys import GivenScore
from crm_store.cases.attachments import Attachment
from crm_store.cases.complaints import Grievance, Opener
from crm_store.crm import Crm
from crm_store.database import Store
from crm_store.desk.handoffs import HandoffRecord
from crm_store.desk.later import LaterReply
from crm_store.loyalty.coupons import Coupon
from crm_store.loyalty.orders import Order
from crm_store.loyalty.points import PointsEntry
from crm_store.people.challenges import Challenge
from crm_store.people.consent import Evidence, Who
from crm_store.people.customers import Customer
from crm_store.people.identities import Address
from crm_store.people.links import DeepLink
from crm_store.people.opt_ins import OptIn
from crm_store.people.preferences import OccasionNote, Told
from crm_store.people.proof import proved_by_code
from crm_store.planning.touches import Touch
from crm_store.remedies.follow_ups import FollowUp
from crm_store.remedies.remedy import Remedy
from crm_store.staff.members import StaffMember
from crm_store.staff.notes import StaffNote
from crm_store.talks.answers import plainly
from crm_store.talks.conversations import Conversation
from crm_store.talks.inbox import Arrival, InboxState
from crm_store.talks.outbox import OutboxMessage
from crm_store.touchpoints.care_events import CareEvent
from crm_store.touchpoints.touchpoints import Touchpoint
from tests.touching import Sent, occurrence_of, send

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
HERE = Address("telegram", "shop", "zebra-77")
ALONE, SHARED = "a" * 64, "b" * 64
"""Digests: of a file only they sent, and of one somebody else sent, too."""


@dataclass(frozen=True)
class Life:
    """Where to find them again."""

    customer_id: int
    identity_id: int
    conversation_id: int
    complaint_id: int
    member_number: str = "M10000001"


async def lived(store: Store) -> Life:
    """A member of long standing, with a stop said last."""
    async with store.transaction() as crm:
        customer = await _customer(crm)
        identity = await crm.identities.at(HERE, "Zebra ZEBRA", NOW)
        await crm.identities.link(identity.id, customer, proved_by_code("telegram", NOW))
        fresh = Conversation(identity_id=identity.id, channel="telegram", account="shop", language="en", opened_at=NOW)
        conversation = (await crm.conversations.open(fresh)).id
        heard = await _talk(crm, conversation)
        case = await _case(crm, customer, identity.id, conversation, heard)
        life = Life(customer, identity.id, conversation, case)
        await _wishes(crm, life)
        await _shopping(crm, life)
        await _care(crm, life)
        await _desk(crm, life)
    return life


async def another(store: Store) -> int:
    """Somebody else, who sent one of the same files and has words of their own."""
    async with store.transaction() as crm:
        other = Customer(name="Mei Lin", member_number="M10000002", email="mei@example.com", joined_on=date(2024, 1, 1))
        crm.session.add(other)
        await crm.session.flush()
        identity = await crm.identities.at(Address("telegram", "shop", "88"), "Mei", NOW)
        await crm.identities.link(identity.id, other.id, proved_by_code("telegram", NOW))
        fresh = Conversation(identity_id=identity.id, channel="telegram", account="shop", language="en", opened_at=NOW)
        conversation = (await crm.conversations.open(fresh)).id
        arrival = Arrival("telegram", "shop", "m88", "message", {}, {"text": "my own words"}, InboxState.PENDING)
        here = Address("telegram", "shop", "88")
        kept = await crm.arrivals.arrive(here, arrival, False, NOW)
        assert kept is not None
        crm.session.add(_file(conversation, kept.interaction_id, SHARED, "t3"))
        return other.id


async def _customer(crm: Crm) -> int:
    customer = Customer(
        name="Emma ZEBRA",
        member_number="M10000001",
        email="ZEBRA@example.com",
        phone="+6591230001",
        address="1 ZEBRA Road",
        birth_date=date(1990, 3, 2),
        joined_on=date(2024, 1, 1),
    )
    crm.session.add(customer)
    await crm.session.flush()
    return customer.id


async def _talk(crm: Crm, conversation: int) -> int:
    arrival = Arrival(
        "telegram", "shop", "ZEBRA:1", "message", {"raw": "ZEBRA"}, {"text": "I am ZEBRA"}, InboxState.PENDING
    )
    kept = await crm.arrivals.arrive(HERE, arrival, False, NOW)
    assert kept is not None
    assert kept.interaction_id is not None
    thread = await crm.answers.thread_of(conversation)
    await crm.answers.say(thread, [plainly("bot", "Hello ZEBRA", "en")], NOW)
    await crm.conversations.remember(conversation, [{"event": "user", "text": "ZEBRA"}], NOW)
    await crm.conversations.await_answer(conversation, {"for": "code", "wanted": "ZEBRA", "until": NOW.isoformat()})
    code = {"text": "ZEBRA, your code"}
    crm.outbox.queue(
        OutboxMessage(
            lane="mail:desk",
            address="ZEBRA@example.com",
            purpose="code",
            author="bot",
            priority=0,
            body=code,
            queued_at=NOW,
        )
    )
    for digest, token in ((ALONE, "t1"), (SHARED, "t2")):
        crm.session.add(_file(conversation, kept.interaction_id, digest, token))
    return kept.interaction_id


def _file(conversation: int, interaction: int | None, digest: str, token: str) -> Attachment:
    return Attachment(
        token=token,
        conversation_id=conversation,
        interaction_id=interaction,
        name="ZEBRA.jpg" if token != "t3" else "cup.jpg",
        provider_ref="ZEBRA-ref" if token != "t3" else "",
        digest=digest,
        state="kept",
        at=NOW,
    )


async def _case(crm: Crm, customer: int, identity: int, conversation: int, heard: int) -> int:
    opener = Opener(identity, customer, conversation, heard)
    grievance = Grievance("broken", "normal", "ZEBRA's kettle leaks", "ZEBRA wants a refund", "WM104233", "en")
    case = await crm.complaints.open(opener, grievance, NOW)
    case.cause = "packaging"
    staff = StaffMember(login="h@shop.example", name="Hana", password_hash="!", role="handler", made_at=NOW)
    crm.session.add(staff)
    await crm.session.flush()
    crm.session.add_all(
        [
            Remedy(
                complaint_id=case.id,
                kind="points",
                amount=500,
                cost=500,
                reason="ZEBRA waited long",
                proposed_by=staff.id,
                proposed_at=NOW,
            ),
            FollowUp(complaint_id=case.id, ordinal=1, due_at=NOW, asked_at=NOW, answer="no", words="ZEBRA says no"),
            StaffNote(complaint_id=case.id, staff_id=staff.id, text="ZEBRA is cross", at=NOW),
        ]
    )
    await crm.session.flush()
    return case.id


async def _wishes(crm: Crm, life: Life) -> None:
    who, told = Who(life.identity_id, life.customer_id), Told("ZEBRA words", None, NOW)
    await crm.preferences.put(who, "hours", {"to": "12:00"}, told)
    await crm.preferences.put(who, "words", {"text": "ZEBRA only"}, told)
    await crm.preferences.note(who, OccasionNote("child_birthday", 5, 3, "solar", off=False), told)
    crm.session.add(
        OptIn(
            customer_id=life.customer_id,
            identity_id=life.identity_id,
            channel="email",
            purpose="promotion",
            question="May we?",
            question_version="v1",
            answer="ZEBRA says ok",
            asked_at=NOW,
            expires_at=NOW + timedelta(days=7),
        )
    )


async def _shopping(crm: Crm, life: Life) -> None:
    order = Order(
        number="WM104233",
        customer_id=life.customer_id,
        placed_at=NOW,
        channel="web",
        state="delivered",
        total_cents=4900,
        address="1 ZEBRA Road",
        tracking="ZEBRA-T",
    )
    crm.session.add_all(
        [
            order,
            PointsEntry(customer_id=life.customer_id, at=NOW, delta=49, reason="purchase"),
            Touchpoint(
                customer_id=life.customer_id,
                kind="visit",
                at=NOW,
                source="pos",
                source_key="ZEBRA-1",
                detail={"by": "ZEBRA"},
            ),
            CareEvent(kind="purchase", customer_id=life.customer_id, key="WM104233", at=NOW, detail={"for": "ZEBRA"}),
            DeepLink(token_hash=b"1" * 32, customer_id=life.customer_id, made_at=NOW, expires_at=NOW),
            Challenge(
                identity_id=life.identity_id,
                conversation_id=life.conversation_id,
                customer_id=life.customer_id,
                destination=b"2",
                code=b"3",
                wanted="ZEBRA",
                made_at=NOW,
                expires_at=NOW,
            ),
        ]
    )


async def _care(crm: Crm, life: Life) -> None:
    about = {"coupon_code": "ZEBRA-1", "whom": "ZEBRA's son", "order_number": "WM104233"}
    sent = Sent(
        life.customer_id,
        life.conversation_id,
        NOW,
        text="Dear ZEBRA",
        about=about,
        asks="score",
        consent="ZEBRA says yes",
    )
    touch = await send(crm, sent)
    given = GivenScore(touch.occurrence_id, life.customer_id, None, 2, about, "ZEBRA was disappointed")
    await crm.surveys.keep(given, NOW)
    waiting: dict[str, Any] = {"outcome": "defer", "reason": "hours", "due_at": NOW + timedelta(hours=9)}
    for place, state in enumerate(("waiting", "parked")):
        sent.name = f"Other {place}"
        other = await occurrence_of(crm, sent)
        crm.session.add(
            Touch(
                occurrence_id=other.id,
                customer_id=life.customer_id,
                state=state,
                expires_at=NOW + timedelta(days=1),
                decided_at=NOW,
                policy_version=0,
                **waiting,
            )
        )
    coupon = Coupon(
        code="C-1",
        customer_id=life.customer_id,
        title={"en": "Ten off"},
        value_cents=1000,
        min_spend_cents=0,
        valid_from=date(2026, 11, 1),
        valid_until=date(2026, 12, 31),
    )
    crm.session.add(coupon)
    await crm.consent.stop(Who(life.identity_id, life.customer_id), Evidence("chat", answer="ZEBRA says stop"), NOW)


async def _desk(crm: Crm, life: Life) -> None:
    crm.session.add_all(
        [
            HandoffRecord(
                conversation_id=life.conversation_id,
                reason="asked",
                facts=[{"name": "name", "value": "ZEBRA", "origin": "records"}],
                tried=[{"said": "ZEBRA"}],
                promised="A colleague comes.",
                note="ZEBRA is kind",
                at=NOW,
            ),
            LaterReply(
                conversation_id=life.conversation_id,
                staff_id=1,
                text="Dear ZEBRA",
                send_at=NOW + timedelta(days=1),
                written_at=NOW,
            ),
        ]
    )
    await crm.session.flush()
