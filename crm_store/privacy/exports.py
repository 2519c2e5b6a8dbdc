"""Everything held on a person, for the person."""

from sqlalchemy.ext.asyncio import AsyncSession


class Exports:
    """Reads of all that is held on a person, inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
