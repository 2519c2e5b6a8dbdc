"""Signing in: a password tried, a session begun."""

from dataclasses import dataclass
from datetime import datetime

from crm_store.database import Store
from crm_store.staff.audit import Deed
from crm_store.staff.passwords import Passwords


@dataclass(frozen=True)
class Try:
    """What somebody typed, and with what browser."""

    login: str
    password: str
    agent: str
    now: datetime


async def try_password(store: Store, passwords: Passwords, tried: Try) -> str | None:
    """The cookie of a new session; None when the login, the password or the account will not do: nobody learns which.

    The same work is done in every case, and a locked account stays locked whatever is typed.
    """
    async with store.reading() as crm:
        member = await crm.staff.by_login(tried.login)
    matches = await passwords.match(member.password_hash if member else None, tried.password)
    if member is None:
        return None
    async with store.transaction() as crm:
        if not member.is_active or member.is_locked(tried.now):
            return None
        if not matches:
            if await crm.staff.note_failed(member, tried.now):
                crm.audit.note(Deed(None, "locked_out", "staff", str(member.id)), tried.now)
            return None
        await crm.sessions.sweep(tried.now)
        await crm.staff.note_signed_in(member.id, tried.now)
        crm.audit.note(Deed(member.id, "signed_in", "staff", str(member.id)), tried.now)
        return await crm.sessions.begin(member.id, tried.agent, tried.now)
