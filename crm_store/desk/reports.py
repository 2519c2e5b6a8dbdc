"""Figures about cases: answers, resolution, reopening, satisfaction; each opens to its cases."""

from sqlalchemy.ext.asyncio import AsyncSession


class Reports:
    """Reads of the reports inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
