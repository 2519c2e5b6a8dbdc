"""Deep links: single-use tokens the shop hands to a member it knows (till, receipt, logged-in web shop)."""

from datetime import datetime

from sqlalchemy import BigInteger, LargeBinary, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, CustomerKey, Key, Moment


class DeepLink(Base):
    """Only the hash of the token is kept; `used_at` is set by the one who comes first."""

    __tablename__ = "deep_links"

    id: Mapped[Key]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    customer_id: Mapped[CustomerKey]
    made_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    used_at: Mapped[Moment | None]
    used_by: Mapped[int | None] = mapped_column(BigInteger)


class DeepLinks:
    """Reads and writes of deep links inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, link: DeepLink) -> None:
        self._session.add(link)

    async def use(self, token_hash: bytes, identity_id: int, now: datetime) -> int | None:
        """Spend the token; gives its customer id once, and None ever after or when it has lapsed."""
        return await self._session.scalar(
            update(DeepLink)
            .where(DeepLink.token_hash == token_hash, DeepLink.used_at.is_(None), DeepLink.expires_at > now)
            .values(used_at=now, used_by=identity_id)
            .returning(DeepLink.customer_id)
        )
