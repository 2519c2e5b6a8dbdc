"""Staff notes: what staff write for each other. A table of their own, so that a note can never be sent."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.errors import CareLoopError
from crm_store.model import Base, Key, Moment
from crm_store.staff.scope import Scope
from crm_store.staff.sight import Sight

LONGEST = 4000


class StaffNote(Base):
    """On a complaint, a conversation, or both."""

    __tablename__ = "staff_notes"

    id: Mapped[Key]
    complaint_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("complaints.id"), index=True)
    conversation_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("conversations.id"), index=True)
    staff_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("staff.id"))
    text: Mapped[str]
    at: Mapped[Moment]


@dataclass(frozen=True)
class NoteOn:
    """Where a note is pinned; at least one of them."""

    complaint_id: int | None = None
    conversation_id: int | None = None


class NoteRefused(CareLoopError):
    """A note needs words, at most 4,000 characters, and a case or conversation in sight to be pinned to."""

    code = "note_refused"


class StaffNotes:
    """Reads and writes of notes inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, scope: Scope, on: NoteOn, words: str, now: datetime) -> StaffNote:
        """Pin a note; raises `NoteRefused`. The caller nudges ``case`` and ``talk``."""
        words = words.strip()
        if not words or len(words) > LONGEST:
            raise NoteRefused(f"text: write between 1 and {LONGEST} characters")
        if not await self._in_sight(scope, on):
            raise NoteRefused("there is no such case or conversation to pin a note to")
        note = StaffNote(**vars(on), staff_id=scope.staff_id, text=words, at=now)
        self._session.add(note)
        await self._session.flush()
        return note

    async def of(self, scope: Scope, on: NoteOn) -> list[StaffNote]:
        """Notes on the case or on the conversation, oldest first; none when it is not in sight."""
        if not await self._in_sight(scope, on):
            return []
        pinned = [getattr(StaffNote, name) == key for name, key in vars(on).items() if key is not None]
        found = await self._session.scalars(select(StaffNote).where(or_(*pinned)).order_by(StaffNote.at, StaffNote.id))
        return list(found.all())

    async def _in_sight(self, scope: Scope, on: NoteOn) -> bool:
        """Whether everything it is pinned to may be shown, and there is something."""
        sight = Sight(scope)
        case = f"exists (select from complaints p where p.id = :complaint_id and {sight.case('p')})"
        talk = f"exists (select from conversations v where v.id = :conversation_id and {sight.talk('v')})"
        wanted = [
            question for question, key in ((case, on.complaint_id), (talk, on.conversation_id)) if key is not None
        ]
        if not wanted:
            return False
        return bool(await self._session.scalar(text(f"select {' and '.join(wanted)}"), sight.values | vars(on)))
