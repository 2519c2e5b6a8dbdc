"""Writes what was told: in the order in which one row needs the id of another, and messages in the order they came."""

import random
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.cases.complaints import Complaint, ComplaintConversation
from crm_store.cases.facts import CaseFact
from crm_store.cases.labels import ComplaintTag, Tag
from crm_store.demo.desk_story import Told
from crm_store.model import Words
from crm_store.staff.notes import StaffNote
from crm_store.talks.interactions import Interaction
from crm_store.talks.outbox import OutboxMessage

UNREACHABLE = "the visitor's chat has ended"


async def put_down(session: AsyncSession, told: Sequence[Told], notes: Sequence[Words], rng: random.Random) -> None:
    """All rows of all stories; every object has its id afterwards."""
    session.add_all([each.identity for each in told])
    await session.flush()
    for each in told:
        each.talk.identity_id = each.identity.id
    session.add_all([each.talk for each in told])
    await session.flush()
    session.add_all(_messages(told))
    await session.flush()
    cases = [(each, each.case) for each in told if each.case is not None]
    for each, case in cases:
        case.identity_id, case.opened_by = each.identity.id, each.messages[2].id
    session.add_all([case for _, case in cases])
    await session.flush()
    tags = list((await session.scalars(select(Tag).order_by(Tag.id))).all())
    for each in told:
        session.add_all(_around_talk(each))
    for each, case in cases:
        session.add_all(_around_case(each, case))
        if case.assignee_id is not None and rng.random() < 0.35:
            session.add_all(_by_staff(case, rng.choice(notes), rng.choice(tags)))
    await session.flush()


def _messages(told: Sequence[Told]) -> list[Interaction]:
    for each in told:
        for message in each.messages:
            message.conversation_id, message.identity_id = each.talk.id, each.identity.id
    return sorted((message for each in told for message in each.messages), key=lambda message: message.at)


def _around_talk(told: Told) -> list[object]:
    for turn in told.turns:
        turn.conversation_id = told.talk.id
    return [*told.turns, *(_unsent(told, message) for message in told.lost)]


def _around_case(told: Told, case: Complaint) -> list[object]:
    for event, about in told.events:
        event.complaint_id = case.id
        if about is not None:
            event.conversation_id, event.interaction_id = told.talk.id, about.id
    for remedy in told.remedies:
        remedy.complaint_id = case.id
    for follow_up in told.follow_ups:
        follow_up.complaint_id = case.id
    link = ComplaintConversation(complaint_id=case.id, conversation_id=told.talk.id)
    events = [event for event, _ in told.events]
    return [link, *events, *told.remedies, *told.follow_ups, *_facts(told, case)]


def _facts(told: Told, case: Complaint) -> list[CaseFact]:
    opening = told.messages[0]
    named = {
        "order_number": (case.order_number, "said"),
        "product": (case.product_sku, "records"),
        "store": (case.store_code, "records"),
        "wanted": (case.wanted, "said"),
    }
    return [
        CaseFact(
            complaint_id=case.id,
            name=name,
            value=value,
            origin=origin,
            interaction_id=opening.id if origin == "said" else None,
            at=case.opened_at,
        )
        for name, (value, origin) in named.items()
        if value
    ]


def _by_staff(case: Complaint, note: Words, tag: Tag) -> list[object]:
    assert case.assignee_id is not None
    at = case.opened_at + (case.changed_at - case.opened_at) / 2 + timedelta(minutes=1)
    return [
        StaffNote(
            complaint_id=case.id, staff_id=case.assignee_id, text=note[case.language], at=min(at, case.changed_at)
        ),
        ComplaintTag(complaint_id=case.id, tag_id=tag.id),
    ]


def _unsent(told: Told, message: Interaction) -> OutboxMessage:
    return OutboxMessage(
        lane=f"{told.identity.channel}:{told.identity.account}",
        interaction_id=message.id,
        conversation_id=told.talk.id,
        address=told.identity.address,
        purpose="reply",
        author="staff",
        priority=0,
        body={"text": message.text, "choices": [], "asks_contact": "", "language": message.language},
        state="failed",
        tries=1,
        queued_at=message.at,
        error=UNREACHABLE,
    )
