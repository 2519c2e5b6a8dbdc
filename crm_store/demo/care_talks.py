"""The conversations in which a message of the demo's past was sent and somebody wrote back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.demo.care_past import Happened
from crm_store.demo.copying import copy_rows, reserve_ids
from crm_store.loyalty.coupons import Coupon
from crm_store.model import in_language
from crm_store.people.customers import Customer
from crm_store.people.identities import ChannelIdentity
from crm_store.planning.touches import Touch
from crm_store.plans.wording import content_for, render
from crm_store.talks.conversations import Conversation
from crm_store.talks.interactions import Interaction
from crm_store.talks.outbox import Attempt, OutboxMessage, Priority

LINK = "https://willowmere.example/preferences"


@dataclass
class Reply:
    """What somebody wrote back; `interaction_id` once it is written down."""

    touch: Touch
    at: datetime
    words: str
    score: int = 0
    interaction_id: int | None = None


class CareTalks:
    """Message, outbox row, try and reply of each."""

    def __init__(
        self, session: AsyncSession, past: Happened, members: Mapping[int, Customer], coupons: Mapping[int, Coupon]
    ) -> None:
        self._session = session
        self._past = past
        self._members = members
        self._coupons = coupons

    async def hold(self, replies: list[Reply]) -> None:
        """The touches of `replies` know their outbox rows afterwards."""
        if not replies:
            return
        talks = await self._talks([reply.touch for reply in replies])
        said = await reserve_ids(self._session, Interaction, 2 * len(replies))
        queued = await reserve_ids(self._session, OutboxMessage, len(replies))
        rows: list[list[Any]] = [[], [], []]
        for place, reply in enumerate(replies):
            talk = talks[reply.touch.identity_id or 0]
            out, heard = said[2 * place : 2 * place + 2]
            message = self._message(reply.touch, talk)
            message.id = out
            reply.interaction_id, reply.touch.outbox_id = heard, queued[place]
            rows[0] += [message, self._heard(reply, talk, heard)]
            rows[1].append(self._queued(reply.touch, message))
            rows[2].append(_tried(reply.touch))
            talk.last_seq += 2
            talk.last_in_at = reply.at
        await self._session.flush()
        for some in rows:
            await copy_rows(self._session, some)

    async def _talks(self, touches: list[Touch]) -> dict[int, Conversation]:
        """By address: the conversation there is, or a new one."""
        ids = [touch.identity_id for touch in touches]
        held = await self._session.scalars(select(Conversation).where(Conversation.identity_id.in_(ids)))
        talks = {talk.identity_id: talk for talk in held}
        for identity in await self._session.scalars(select(ChannelIdentity).where(ChannelIdentity.id.in_(ids))):
            if identity.id not in talks:
                member = self._members[identity.customer_id or 0]
                talks[identity.id] = Conversation(
                    identity_id=identity.id,
                    channel=identity.channel,
                    account=identity.account,
                    language=member.language,
                    opened_at=self._past.occurrence.due_at,
                    last_seq=0,
                )
        self._session.add_all(talks.values())
        await self._session.flush()
        return talks

    def _message(self, touch: Touch, talk: Conversation) -> Interaction:
        member = self._members[touch.customer_id]
        content = content_for(self._past.plan, "email", member.language)
        return Interaction(
            conversation_id=talk.id,
            identity_id=talk.identity_id,
            customer_id=member.id,
            direction="out",
            author="house",
            text=render(content, self._values(member)),
            choices=[],
            language=member.language,
            delivery="sent",
            seq=talk.last_seq + 1,
            at=touch.sent_at,
            sent_at=touch.sent_at,
        )

    def _values(self, member: Customer) -> dict[str, str]:
        values = {"first_name": member.name.split()[0], "preferences_link": LINK}
        coupon = self._coupons.get(member.id)
        if coupon is not None:
            values |= {"coupon_title": in_language(coupon.title, member.language), "coupon_code": coupon.code}
            values["coupon_until"] = coupon.valid_until.isoformat()
        return values

    def _heard(self, reply: Reply, talk: Conversation, key: int) -> Interaction:
        return Interaction(
            id=key,
            conversation_id=talk.id,
            identity_id=talk.identity_id,
            customer_id=reply.touch.customer_id,
            direction="in",
            author="shopper",
            text=reply.words,
            choices=[],
            language=talk.language,
            delivery="received",
            seq=talk.last_seq + 2,
            at=reply.at,
        )

    def _queued(self, touch: Touch, message: Interaction) -> OutboxMessage:
        return OutboxMessage(
            id=touch.outbox_id,
            lane=touch.lane,
            interaction_id=message.id,
            conversation_id=message.conversation_id,
            address="",
            purpose=self._past.occurrence.purpose,
            author="house",
            priority=Priority.CARE,
            body={"text": message.text},
            state="sent",
            tries=1,
            queued_at=touch.sent_at,
        )


def _tried(touch: Touch) -> Attempt:
    assert touch.sent_at is not None
    began = touch.sent_at - timedelta(seconds=1)
    return Attempt(outbox_id=touch.outbox_id, started_at=began, ended_at=touch.sent_at, result="accepted")
