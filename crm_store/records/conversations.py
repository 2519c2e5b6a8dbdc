"""Conversations as lists show them: who holds them and for whom, never what the bot keeps for its next turn."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.people.identities import ChannelIdentity
from crm_store.records.page import Page, PageAsked, cut
from crm_store.talks.conversations import Conversation, ConversationEvent


@dataclass(frozen=True)
class ConversationsWanted:
    """Everything given must hold."""

    customer_id: int | None = None
    channel: str | None = None
    control: str | None = None


@dataclass(frozen=True)
class ConversationRecord:
    """`customer_id` is whom the address belongs to now; `last_seq` is how many messages the shopper could read."""

    id: int
    identity_id: int
    customer_id: int | None
    channel: str
    account: str
    control: str
    control_version: int
    parked_until: datetime | None
    language: str
    last_seq: int
    last_in_at: datetime | None
    opened_at: datetime


class ConversationRecords:
    """Pages of conversations and of their events inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, conversation_id: int) -> ConversationRecord | None:
        row = (await self._session.execute(_records().where(Conversation.id == conversation_id))).first()
        return ConversationRecord(*row) if row else None

    async def page(self, wanted: ConversationsWanted, asked: PageAsked) -> Page[ConversationRecord]:
        """In the order of their ids."""
        query = _narrowed(_records(), wanted).order_by(Conversation.id).limit(asked.limit + 1)
        if asked.after is not None:
            query = query.where(Conversation.id > asked.after)
        rows = [ConversationRecord(*row) for row in (await self._session.execute(query)).all()]
        return cut(rows, asked.limit, [row.id for row in rows])

    async def events(self, conversation_id: int, asked: PageAsked) -> Page[ConversationEvent]:
        """Changes of control and language, oldest first."""
        query = (
            select(ConversationEvent)
            .where(ConversationEvent.conversation_id == conversation_id)
            .order_by(ConversationEvent.id)
            .limit(asked.limit + 1)
        )
        if asked.after is not None:
            query = query.where(ConversationEvent.id > asked.after)
        rows = (await self._session.scalars(query)).all()
        return cut(rows, asked.limit, [row.id for row in rows])


def _records() -> Select[*tuple[Any, ...]]:
    return select(
        Conversation.id,
        Conversation.identity_id,
        ChannelIdentity.customer_id,
        Conversation.channel,
        Conversation.account,
        Conversation.control,
        Conversation.control_version,
        Conversation.parked_until,
        Conversation.language,
        Conversation.last_seq,
        Conversation.last_in_at,
        Conversation.opened_at,
    ).join(ChannelIdentity, ChannelIdentity.id == Conversation.identity_id)


def _narrowed(query: Select[*tuple[Any, ...]], wanted: ConversationsWanted) -> Select[*tuple[Any, ...]]:
    if wanted.customer_id is not None:
        query = query.where(ChannelIdentity.customer_id == wanted.customer_id)
    if wanted.channel is not None:
        query = query.where(Conversation.channel == wanted.channel)
    if wanted.control is not None:
        query = query.where(Conversation.control == wanted.control)
    return query
