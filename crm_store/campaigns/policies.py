"""The shop's rules for writing to people: versioned; a change touches future decisions only."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.campaigns.campaign_writes import By
from crm_store.decision.message import Policy
from crm_store.decision.policy_text import DEFAULTS, definition_of, policy_of
from crm_store.errors import CareLoopError
from crm_store.model import Base, Moment
from crm_store.staff.audit import Audit, Deed

_ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtext('contact_policies'))")


class ContactPolicy(Base):
    """One version of `crm_store.decision.message.Policy` as JSON. The highest version holds."""

    __tablename__ = "contact_policies"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    definition: Mapped[dict[str, Any]]
    made_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    made_at: Mapped[Moment]


class ContactRulesChanged(CareLoopError):
    """Somebody else has changed the rules since they were read; read them again."""

    code = "contact_rules_changed"


class ContactPolicies:
    """Reads and writes of the rules inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def current(self) -> Policy:
        """What holds; until somebody changed it, the house's own rules."""
        newest = await self._session.scalar(select(ContactPolicy).order_by(ContactPolicy.version.desc()).limit(1))
        return policy_of(newest.definition) if newest is not None else DEFAULTS

    async def ensure(self, zone: str, now: datetime) -> None:
        """The house's own rules for a shop in `zone`, written down before anybody has changed them."""
        await self._session.execute(_ONE_AT_A_TIME)
        if not await self.versions():
            told = definition_of(DEFAULTS) | {"zone": zone}
            self._session.add(ContactPolicy(version=DEFAULTS.version, definition=told, made_by=None, made_at=now))
            await self._session.flush()

    async def versions(self) -> list[ContactPolicy]:
        """Newest first."""
        return list((await self._session.scalars(select(ContactPolicy).order_by(ContactPolicy.version.desc()))).all())

    async def change(self, definition: dict[str, Any], by: By, seen: int | None = None) -> Policy:
        """The rules from now on, or those that hold when nothing changes; fields left out are as they were.

        `seen`: the version that was read. Raises `PolicyRefused`, `ContactRulesChanged`.
        """
        await self._session.execute(_ONE_AT_A_TIME)
        before = await self.current()
        if seen is not None and seen != before.version:
            raise ContactRulesChanged("version: somebody else has changed the rules; read them again")
        old = definition_of(before)
        after = policy_of({**old, **definition, "version": before.version + 1})
        new = definition_of(after)
        changed = sorted(name for name in new if name != "version" and new[name] != old[name])
        if not changed:
            return before
        self._session.add(ContactPolicy(version=after.version, definition=new, made_by=by.staff_id, made_at=by.at))
        told = {name: {"from": old[name], "to": new[name]} for name in changed}
        Audit(self._session).note(Deed(by.staff_id, "changed", "contact_policy", str(after.version), told), by.at)
        await self._session.flush()
        return after
