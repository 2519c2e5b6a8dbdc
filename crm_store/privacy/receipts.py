"""The contact receipt: what was asked, agreed, planned, held, sent, read, answered and stopped, for one person."""

from sqlalchemy.ext.asyncio import AsyncSession


class Receipts:
    """Reads of a person's receipt inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
