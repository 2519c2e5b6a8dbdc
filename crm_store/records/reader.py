"""One way to every list."""

from functools import cached_property

from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.records.complaints import ComplaintRecords
from crm_store.records.conversations import ConversationRecords
from crm_store.records.customers import CustomerRecords
from crm_store.records.interactions import InteractionRecords


class Records:
    """Pages of everything, by noun, inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    @cached_property
    def customers(self) -> CustomerRecords:
        return CustomerRecords(self._session)

    @cached_property
    def conversations(self) -> ConversationRecords:
        return ConversationRecords(self._session)

    @cached_property
    def interactions(self) -> InteractionRecords:
        return InteractionRecords(self._session)

    @cached_property
    def complaints(self) -> ComplaintRecords:
        return ComplaintRecords(self._session)
