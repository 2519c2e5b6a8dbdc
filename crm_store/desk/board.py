"""The supervisors' live board: workload, who is there, clocks about to miss."""

from sqlalchemy.ext.asyncio import AsyncSession


class Board:
    """Reads of the board inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
