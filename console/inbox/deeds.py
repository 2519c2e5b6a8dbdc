"""What is done to several lines of the inbox at once, in one transaction. What is not in sight is left as it is."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass

from bot.conversation.desk.holding import Holding
from console.frame.visit import Visit
from console.inbox.choices import colleagues_of
from crm_store.cases.events import By
from crm_store.cases.handling import AssigneeRefused
from crm_store.cases.ties import TagUnknown
from crm_store.crm import Crm
from crm_store.queue.queue_row import QueueRow
from crm_store.staff.audit import Deed

MOST = 200
CASE, TALK = "case", "talk"


@dataclass(frozen=True)
class Wish:
    """What is to be done: `name` is one of `DEEDS`; `staff` and `team` are ids, `tag` a code, as far as needed."""

    name: str
    staff: int = 0
    team: int = 0
    tag: str = ""


@dataclass(frozen=True)
class Outcome:
    """`left` were not the asker's to change, or had nothing to be changed."""

    done: int
    left: int


@dataclass(frozen=True)
class Doing:
    """Does it to one line after the other; each verb says whether something was done."""

    crm: Crm
    visit: Visit
    holding: Holding
    wish: Wish

    @property
    def by(self) -> By:
        return By("staff", self.visit.staff.id)

    async def mine(self, row: QueueRow) -> bool:
        if row.complaint_id is not None:
            return await self._give(row.complaint_id, self.visit.staff.id)
        conversation = await self.crm.conversations.locked(row.conversation_id or 0)
        await self.holding.taken(self.crm, conversation, self.visit.staff.id, self.visit.now)
        return True

    async def assign(self, row: QueueRow) -> bool:
        if row.complaint_id is not None:
            return await self._give(row.complaint_id, self.wish.staff)
        if self.wish.staff not in {one.id for one in await colleagues_of(self.crm)}:
            return False
        talk, me = row.conversation_id or 0, self.visit.staff.id
        await self.holding.assign(self.crm, talk, self.wish.staff, me, self.visit.now)
        return True

    async def team(self, row: QueueRow) -> bool:
        known = {team.id for team in await self.crm.staff.teams()}
        if row.complaint_id is None or self.wish.team not in known:
            return False
        await self.crm.handling.to_team(row.complaint_id, self.wish.team, self.by, self.visit.now)
        return True

    async def tag(self, row: QueueRow) -> bool:
        if row.complaint_id is None:
            return False
        try:
            await self.crm.ties.tag(row.complaint_id, self.wish.tag, self.by, self.visit.now)
        except TagUnknown:
            return False
        return True

    async def acknowledge(self, row: QueueRow) -> bool:
        if row.escalation is None:
            return False
        return await self.crm.escalations.acknowledge(row.escalation.id, self.visit.staff.id, self.visit.now)

    async def _give(self, complaint_id: int, staff_id: int) -> bool:
        try:
            await self.crm.handling.assign(complaint_id, staff_id, self.by, self.visit.now)
        except AssigneeRefused:
            return False
        return True


DEEDS: Mapping[str, Callable[[Doing, QueueRow], Awaitable[bool]]] = {
    "mine": Doing.mine,
    "assign": Doing.assign,
    "team": Doing.team,
    "tag": Doing.tag,
    "acknowledge": Doing.acknowledge,
}
VERBS = {
    "mine": "assigned",
    "assign": "assigned",
    "team": "moved_to_team",
    "tag": "tagged",
    "acknowledge": "acknowledged",
}


async def do_to_all(doing: Doing, picked: Iterable[str]) -> Outcome:
    """`picked` are ``case-12`` and ``talk-3``."""
    keys = list(dict.fromkeys(picked))[:MOST]
    rows = await doing.crm.queue.those(doing.visit.scope, _ids(keys, CASE), _ids(keys, TALK))
    act, done = DEEDS[doing.wish.name], 0
    # In the order of their ids: two people who choose the same lines wait for each other and never for both.
    for row in sorted(rows, key=lambda row: (row.kind, row.complaint_id or row.conversation_id or 0)):
        if await act(doing, row):
            done += 1
            _note(doing, row)
    return Outcome(done, len(keys) - done)


def _note(doing: Doing, row: QueueRow) -> None:
    wish, visit = doing.wish, doing.visit
    detail = {name: value for name, value in (("staff", wish.staff), ("team", wish.team), ("tag", wish.tag)) if value}
    subject, subject_id = ("complaint", row.complaint_id) if row.complaint_id else ("conversation", row.conversation_id)
    doing.crm.audit.note(Deed(visit.staff.id, VERBS[wish.name], subject, str(subject_id), detail), visit.now)


def _ids(keys: list[str], kind: str) -> list[int]:
    split = (key.partition("-") for key in keys)
    return [int(number) for name, _, number in split if name == kind and number.isdecimal() and len(number) < 18]
