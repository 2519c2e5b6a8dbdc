"""The handlers' inbox: cases and waiting conversations in one list, most urgent first."""

from sqlalchemy.ext.asyncio import AsyncSession


class CaseQueue:
    """Reads of the inbox inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
