"""Everything about one customer or one case, in order."""

from sqlalchemy.ext.asyncio import AsyncSession


class Timelines:
    """Reads of timelines inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
