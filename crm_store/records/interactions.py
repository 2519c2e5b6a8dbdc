"""Interactions as lists show them: in the order they happened."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.records.page import CursorUnknown, Page, PageAsked, cut
from crm_store.talks.interactions import Interaction


@dataclass(frozen=True)
class InteractionsWanted:
    """Everything given must hold. `direction` is `in` or `out`; `since` is included, `until` is not."""

    conversation_id: int | None = None
    customer_id: int | None = None
    direction: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class InteractionRecords:
    """Pages of interactions inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, interaction_id: int) -> Interaction | None:
        return await self._session.get(Interaction, interaction_id)

    async def page(self, wanted: InteractionsWanted, asked: PageAsked) -> Page[Interaction]:
        """By time, then by id; raises `CursorUnknown` when the page should begin after a row that is not there."""
        query = _narrowed(select(Interaction), wanted)
        if asked.after is not None:
            query = query.where(tuple_(Interaction.at, Interaction.id) > (await self._at(asked.after), asked.after))
        query = query.order_by(Interaction.at, Interaction.id).limit(asked.limit + 1)
        rows = (await self._session.scalars(query)).all()
        return cut(rows, asked.limit, [row.id for row in rows])

    async def _at(self, interaction_id: int) -> datetime:
        # A value of its own, not a sub-select: only then can the index answer the comparison of pairs.
        at = await self._session.scalar(select(Interaction.at).where(Interaction.id == interaction_id))
        if at is None:
            raise CursorUnknown(f"there is no interaction {interaction_id} to begin after; begin again without `after`")
        return at


def _narrowed(query: Select[Interaction], wanted: InteractionsWanted) -> Select[Interaction]:
    if wanted.conversation_id is not None:
        query = query.where(Interaction.conversation_id == wanted.conversation_id)
    if wanted.customer_id is not None:
        query = query.where(Interaction.customer_id == wanted.customer_id)
    if wanted.direction is not None:
        query = query.where(Interaction.direction == wanted.direction)
    if wanted.since is not None:
        query = query.where(Interaction.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(Interaction.at < wanted.until)
    return query
