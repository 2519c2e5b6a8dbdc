"""Merging two cases into one and taking them apart again."""

from sqlalchemy.ext.asyncio import AsyncSession


class Merging:
    """Merges and splits inside one transaction; both can be undone."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
