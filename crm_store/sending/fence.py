"""The fence: a copied database does not send. Whose it is stands in it, and is compared at every start."""

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, Moment


class HouseSeal(Base):
    """One row. `fingerprint`: of the server, the database's name and the house's address when it was sealed."""

    __tablename__ = "house_seal"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    fingerprint: Mapped[str]
    sealed_at: Mapped[Moment]
    sealed_by: Mapped[str]


class Fence:
    """Reads and writes of the seal inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
