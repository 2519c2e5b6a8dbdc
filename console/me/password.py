"""Changing one's own password: the old one proves it, every session ends, a new one begins."""

from dataclasses import dataclass

from console.frame.visit import Visit
from crm_store.database import Store
from crm_store.staff.audit import Deed
from crm_store.staff.passwords import PasswordRefused, Passwords, require_good


@dataclass(frozen=True)
class NewPassword:
    old: str
    new: str


async def set_new_password(store: Store, passwords: Passwords, visit: Visit, wanted: NewPassword) -> str:
    """The cookie of the session that goes on. Raises `PasswordRefused`, with the rule `old` for a wrong old one."""
    member = visit.staff
    if not await passwords.match(member.password_hash, wanted.old):
        async with store.transaction() as crm:
            await crm.staff.note_failed(member, visit.now)
        raise PasswordRefused("old")
    if wanted.old == wanted.new:
        raise PasswordRefused("same")
    require_good(wanted.new, member.login)
    hashed = await passwords.hashed(wanted.new)
    async with store.transaction() as crm:
        await crm.staff.set_password(member.id, hashed, must_change=False)
        await crm.sessions.end_all(member.id)
        crm.audit.note(Deed(member.id, "changed_password", "staff", str(member.id)), visit.now)
        crm.nudge("staff", member.id)
        return await crm.sessions.begin(member.id, "", visit.now)
