"""Who works at the demo desk, and the tags and canned replies they share. Nobody of them can sign in."""

from collections import defaultdict
from datetime import datetime

from crm_store.cases.labels import Tag
from crm_store.crm import Crm
from crm_store.demo.pages import page
from crm_store.staff.canned import CannedDraft, CannedReply, checked
from crm_store.staff.members import StaffMember, Team, TeamMember

NO_PASSWORD = "!"
"""No hash at all, so no password fits it."""


class People:
    """The staff with their ids."""

    def __init__(self, crm: Crm, now: datetime) -> None:
        self._session = crm.session
        self._now = now
        self.teams: dict[str, int] = {}
        self.supervisor = 0
        self._handlers: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._turn: dict[tuple[str, str], int] = defaultdict(int)

    async def come_in(self) -> None:
        told = page("desk")
        teams = [Team(code=code, name=name) for code, name in told["teams"].items()]
        staff = [StaffMember(**_columns(entry), made_at=self._now) for entry in told["staff"]]
        self._session.add_all([*teams, *staff, *(Tag(**tag) for tag in told["tags"]), *self._canned(told["canned"])])
        await self._session.flush()
        self.teams = {team.code: team.id for team in teams}
        for member, entry in zip(staff, told["staff"], strict=True):
            self._place(member, entry["teams"])
        await self._session.flush()

    def handler(self, team: str, language: str) -> int:
        """The next one of the team who speaks the language; of the team at all when nobody does."""
        fitting = self._handlers[team, language] or [
            one for (its, _), all_ in self._handlers.items() for one in all_ if its == team
        ]
        self._turn[team, language] += 1
        return fitting[self._turn[team, language] % len(fitting)]

    def _place(self, member: StaffMember, teams: list[str]) -> None:
        if member.role == "supervisor":
            self.supervisor = member.id
        for team in teams:
            self._session.add(TeamMember(team_id=self.teams[team], staff_id=member.id))
            if member.role == "handler":
                self._handlers[team, member.language].append(member.id)

    def _canned(self, entries: list[dict[str, object]]) -> list[CannedReply]:
        drafts = [CannedDraft(id=None, **entry) for entry in entries]  # type: ignore[arg-type]
        for draft in drafts:
            checked(draft)
        return [
            CannedReply(shortcut=draft.shortcut, title=draft.title, text=draft.text, changed_at=self._now)
            for draft in drafts
        ]


def _columns(entry: dict[str, str]) -> dict[str, str]:
    return {name: entry[name] for name in ("login", "name", "role", "language")} | {"password_hash": NO_PASSWORD}
