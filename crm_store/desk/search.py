"""Search over cases, customers and conversations: names, numbers, words, Chinese."""

from sqlalchemy.ext.asyncio import AsyncSession


class DeskSearch:
    """Reads of the search inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
