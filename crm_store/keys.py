"""API keys: who may read what over `/api/v1`. Only hashes are kept."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import LargeBinary, String, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, Key, Moment


class KeyScope(StrEnum):
    """What a key may do."""

    CUSTOMERS_READ = "customers:read"
    CONVERSATIONS_READ = "conversations:read"
    INTERACTIONS_READ = "interactions:read"
    COMPLAINTS_READ = "complaints:read"
    COMPLAINTS_WRITE = "complaints:write"
    LINKS_WRITE = "links:write"
    PRIVACY_READ = "privacy:read"
    PRIVACY_ERASE = "privacy:erase"


NOTED_EVERY = timedelta(minutes=1)
"""How exact `last_used_at` is."""


class ApiKey(Base):
    """A key is shown once, when made: ``cl_<prefix>_<secret>``; `prefix` finds the row, `digest` proves the key."""

    __tablename__ = "api_keys"

    id: Mapped[Key]
    name: Mapped[str]
    prefix: Mapped[str] = mapped_column(unique=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(String))
    made_at: Mapped[Moment]
    last_used_at: Mapped[Moment | None]
    revoked_at: Mapped[Moment | None]


def digest_of(key: str) -> bytes:
    """SHA-256: enough for 256 bits of randomness, and cheap on every request."""
    return hashlib.sha256(key.encode()).digest()


def new_key(name: str, scopes: list[str], now: datetime) -> tuple[str, ApiKey]:
    """A key to show once, and the row that will know it again."""
    prefix = secrets.token_hex(6)
    key = f"cl_{prefix}_{secrets.token_urlsafe(32)}"
    return key, ApiKey(name=name, prefix=prefix, digest=digest_of(key), scopes=scopes, made_at=now)


class ApiKeys:
    """Reads and writes of API keys inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, key: ApiKey) -> None:
        self._session.add(key)

    async def matching(self, presented: str, now: datetime) -> ApiKey | None:
        """The live key that was presented, noted as used; None for anything else."""
        parts = presented.split("_", 2)
        if len(parts) != 3:
            return None
        key = await self._session.scalar(select(ApiKey).filter_by(prefix=parts[1], revoked_at=None))
        if key is None or not hmac.compare_digest(key.digest, digest_of(presented)):
            return None
        if key.last_used_at is None or now - key.last_used_at >= NOTED_EVERY:
            # A row written on every request would make all requests of one key wait for each other.
            await self._session.execute(update(ApiKey).where(ApiKey.id == key.id).values(last_used_at=now))
        return key

    async def all(self) -> list[ApiKey]:
        """Oldest first, revoked ones too."""
        return list((await self._session.scalars(select(ApiKey).order_by(ApiKey.id))).all())

    async def revoke(self, prefix: str, now: datetime) -> bool:
        """End a key; False when no live key has this prefix."""
        ended = await self._session.scalar(
            update(ApiKey)
            .where(ApiKey.prefix == prefix, ApiKey.revoked_at.is_(None))
            .values(revoked_at=now)
            .returning(ApiKey.id)
        )
        return ended is not None
