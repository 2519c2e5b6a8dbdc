"""What an admin changes about staff: each change with its audit row, and the end of the sessions it concerns."""

from collections.abc import Iterable
from dataclasses import dataclass

from console.frame.visit import NotThere, Visit
from crm_store.crm import Crm
from crm_store.database import Store
from crm_store.staff.audit import Deed
from crm_store.staff.members import NewMember, Role, StaffMember
from crm_store.staff.passwords import Passwords, one_time_password


@dataclass(frozen=True)
class Wanted:
    """Somebody to be added."""

    login: str
    name: str
    role: Role
    teams: tuple[int, ...]
    language: str


class Changes:
    """All of one console; who makes them is in the visit."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._passwords = Passwords()

    async def add(self, visit: Visit, wanted: Wanted) -> tuple[int, str]:
        """Their id and one-time password. Raises `LoginTaken`."""
        password = one_time_password()
        hashed = await self._passwords.hashed(password)
        async with self._store.transaction() as crm:
            new = NewMember(wanted.login, wanted.name, wanted.role, hashed, wanted.language)
            member = await crm.staff.add(new, visit.now)
            await crm.staff.set_teams(member.id, wanted.teams)
            _note(crm, visit, "added", member.id, {"role": wanted.role, "teams": sorted(wanted.teams)})
            return member.id, password

    async def reset(self, visit: Visit, staff_id: int) -> str:
        """A new one-time password. Raises `NotThere`."""
        password = one_time_password()
        hashed = await self._passwords.hashed(password)
        async with self._store.transaction() as crm:
            await _known(crm, staff_id)
            await crm.staff.set_password(staff_id, hashed, must_change=True)
            await _end_sessions(crm, staff_id)
            _note(crm, visit, "password_reset", staff_id, {})
        return password

    async def set_role(self, visit: Visit, staff_id: int, role: Role) -> None:
        """Raises `NotThere`, `LastAdmin`."""
        async with self._store.transaction() as crm:
            member = await _known(crm, staff_id)
            if member.role == role:
                return
            before = member.role
            await crm.staff.set_role(staff_id, role)
            await _end_sessions(crm, staff_id)
            _note(crm, visit, "role_changed", staff_id, {"from": before, "to": role})

    async def set_teams(self, visit: Visit, staff_id: int, teams: Iterable[int]) -> None:
        """Raises `NotThere`."""
        async with self._store.transaction() as crm:
            await _known(crm, staff_id)
            known = {team.id for team in await crm.staff.teams()}
            before, after = await crm.staff.teams_of(staff_id), known & set(teams)
            if before == after:
                return
            await crm.staff.set_teams(staff_id, after)
            crm.nudge("staff", staff_id)
            _note(crm, visit, "teams_changed", staff_id, {"from": sorted(before), "to": sorted(after)})

    async def rename(self, visit: Visit, staff_id: int, name: str) -> None:
        """Raises `NotThere`."""
        async with self._store.transaction() as crm:
            member = await _known(crm, staff_id)
            if name and name != member.name:
                _note(crm, visit, "renamed", staff_id, {"from": member.name, "to": name})
                await crm.staff.change(staff_id, name=name)

    async def set_active(self, visit: Visit, staff_id: int, is_active: bool) -> None:
        """Raises `NotThere`, `LastAdmin`."""
        async with self._store.transaction() as crm:
            await _known(crm, staff_id)
            await crm.staff.set_active(staff_id, is_active)
            await _end_sessions(crm, staff_id)
            _note(crm, visit, "activated" if is_active else "deactivated", staff_id, {})

    async def add_team(self, visit: Visit, code: str, name: dict[str, str]) -> None:
        """Raises `TeamTaken`."""
        async with self._store.transaction() as crm:
            team = await crm.staff.add_team(code, name)
            crm.audit.note(Deed(visit.staff.id, "added", "team", str(team.id), {"code": code}), visit.now)

    async def rename_team(self, visit: Visit, team_id: int, name: dict[str, str]) -> None:
        async with self._store.transaction() as crm:
            if team_id not in {team.id for team in await crm.staff.teams()}:
                raise NotThere
            await crm.staff.rename_team(team_id, name)
            crm.audit.note(Deed(visit.staff.id, "renamed", "team", str(team_id), {"to": name}), visit.now)


async def _known(crm: Crm, staff_id: int) -> StaffMember:
    member = await crm.staff.by_id(staff_id)
    if member is None:
        raise NotThere
    return member


async def _end_sessions(crm: Crm, staff_id: int) -> None:
    await crm.sessions.end_all(staff_id)
    crm.nudge("staff", staff_id)


def _note(crm: Crm, visit: Visit, action: str, staff_id: int, detail: dict[str, object]) -> None:
    crm.audit.note(Deed(visit.staff.id, action, "staff", str(staff_id), detail), visit.now)
