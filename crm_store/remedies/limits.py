"""Limits: what each role grants alone. Kept in the store, so that the shop can change them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base
from crm_store.remedies.granting import Limits, RemedyAmountWrong, RemedyKind
from crm_store.staff.audit import Audit, Deed

_HANDLER = {
    RemedyKind.POINTS: 500,
    RemedyKind.COUPON: 2_000,
    RemedyKind.REFUND: 5_000,
    RemedyKind.REPLACEMENT: 5_000,
    RemedyKind.APOLOGY: 0,
}
_TIMES = {"handler": 1, "supervisor": 5, "admin": 2_000}


class RemedyLimit(Base):
    """Up to `amount` a role grants alone; above it somebody of a higher limit approves. No row: not at all."""

    __tablename__ = "remedy_limits"

    role: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    amount: Mapped[int]


@dataclass(frozen=True)
class NewLimit:
    """What a limit shall be; None takes the kind away from the role."""

    role: str
    kind: RemedyKind
    amount: int | None


class RemedyLimits:
    """Reads and writes of limits inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def all(self) -> Limits:
        """By role and kind."""
        rows = await self._session.execute(select(RemedyLimit.role, RemedyLimit.kind, RemedyLimit.amount))
        return {(role, kind): amount for role, kind, amount in rows}

    async def put(self, limit: NewLimit, staff_id: int, now: datetime) -> None:
        """Set it, and write down who did. Raises `RemedyAmountWrong`."""
        if limit.amount is not None and limit.amount < 0:
            raise RemedyAmountWrong("amount: a limit is 0 or more; leave it empty to take this kind away")
        before = (await self.all()).get((limit.role, limit.kind))
        if limit.amount is None:
            gone = delete(RemedyLimit).where(RemedyLimit.role == limit.role, RemedyLimit.kind == limit.kind)
            await self._session.execute(gone)
        else:
            await self._session.execute(
                insert(RemedyLimit)
                .values(role=limit.role, kind=limit.kind, amount=limit.amount)
                .on_conflict_do_update(index_elements=["role", "kind"], set_={"amount": limit.amount})
            )
        detail = {"from": before, "to": limit.amount}
        Audit(self._session).note(Deed(staff_id, "limited", "remedy_limit", f"{limit.role}:{limit.kind}", detail), now)

    async def ensure(self) -> None:
        """Write the first limits of a new shop; in a shop that has any, nothing changes."""
        if await self._session.scalar(select(RemedyLimit.role).limit(1)) is None:
            rows = [
                {"role": role, "kind": kind.value, "amount": amount * times}
                for role, times in _TIMES.items()
                for kind, amount in _HANDLER.items()
            ]
            await self._session.execute(insert(RemedyLimit).values(rows).on_conflict_do_nothing())
