"""What every transaction has, whatever its nouns: a session, and who is to be told once it has committed."""

from sqlalchemy.ext.asyncio import AsyncSession


class Transaction:
    """One unit of work."""

    def __init__(self, session: AsyncSession) -> None:
        self.session: AsyncSession = session
        self.nudges: dict[tuple[str, int], None] = {}

    def nudge(self, topic: str, number: int = 0) -> None:
        """Once this transaction has committed, tell whoever listens, here and in other processes, to look again."""
        self.nudges[topic, number] = None
