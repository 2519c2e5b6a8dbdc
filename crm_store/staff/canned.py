"""Canned replies: texts handlers reuse, in every language, with variables such as `{name}` and `{number}`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.errors import CareLoopError
from crm_store.model import Base, Key, Languages, Moment, Words
from crm_store.staff.scope import Scope
from crm_store.words import word_lists

LONGEST = 4000
_SHORTCUT = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_BRACED = re.compile(r"\{([^{}]*)\}")
_WORDS = word_lists(__file__)
_ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtext('canned_replies'))")


class CannedReply(Base):
    """`shortcut` is what a handler types; a reply without a team is everybody's."""

    __tablename__ = "canned_replies"

    id: Mapped[Key]
    shortcut: Mapped[str] = mapped_column(unique=True)
    title: Mapped[Words]
    text: Mapped[Words]
    team_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("teams.id"))
    changed_at: Mapped[Moment]


@dataclass(frozen=True)
class CannedDraft:
    """A reply to be saved; a new one when `id` is None. `seen` is the `changed_at` that was read."""

    id: int | None
    shortcut: str
    title: Words
    text: Words
    team_id: int | None = None
    seen: datetime | None = None


class CannedRefused(CareLoopError):
    """What is missing or unknown in a canned reply; the message names the field and the variable.

    `field` is shortcut, title, text, team or id, `reason` one word: letters, length, unknown, brace, team, gone, taken.
    """

    code = "canned_refused"

    def __init__(self, field: str, reason: str, remedy: str, language: str = "", named: str = "") -> None:
        super().__init__(f"{field} ({language}): {remedy}" if language else f"{field}: {remedy}")
        self.field, self.reason, self.language, self.named = field, reason, language, named


class CannedChanged(CareLoopError):
    """Somebody else has changed the reply since it was read; read it again."""

    code = "canned_changed"


class CannedReplies:
    """Reads and writes of canned replies inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def for_scope(self, scope: Scope) -> list[CannedReply]:
        """Everybody's and those of one's teams, by shortcut."""
        found = await self._session.scalars(
            select(CannedReply).where(scope.condition(CannedReply.team_id)).order_by(CannedReply.shortcut)
        )
        return list(found.all())

    async def save(self, scope: Scope, draft: CannedDraft, now: datetime) -> CannedReply:
        """Make or change a reply, or give it back when nothing changes; raises `CannedRefused`, `CannedChanged`."""
        checked(draft)
        await self._session.execute(_ONE_AT_A_TIME)
        reply = await self._mine(scope, draft.id) if draft.id is not None else CannedReply()
        if draft.id is not None and _same(reply, draft):
            return reply
        if draft.id is not None and draft.seen not in (None, reply.changed_at):
            raise CannedChanged("somebody else has changed this reply; read it again")
        holder = await self._session.scalar(select(CannedReply.id).where(CannedReply.shortcut == draft.shortcut))
        _check_free(scope, draft, holder)
        reply.shortcut, reply.title, reply.text = draft.shortcut, draft.title, draft.text
        reply.team_id, reply.changed_at = draft.team_id, now
        self._session.add(reply)
        await self._session.flush()
        return reply

    async def delete(self, scope: Scope, reply_id: int) -> None:
        """Take a reply away; raises `CannedRefused` when it is not there or another team's."""
        reply = await self._mine(scope, reply_id)
        await self._session.execute(delete(CannedReply).where(CannedReply.id == reply.id))

    async def _mine(self, scope: Scope, reply_id: int) -> CannedReply:
        seen = scope.condition(CannedReply.team_id)
        reply = await self._session.scalar(select(CannedReply).where(CannedReply.id == reply_id, seen))
        if reply is None:
            raise CannedRefused("id", "gone", "there is no such reply; read the list again")
        return reply


def variables() -> dict[str, Words]:
    """What may stand in braces, and what it is called in each language (`canned.yml`)."""
    return _WORDS.values("variables")


def checked(draft: CannedDraft) -> None:
    """Raises `CannedRefused` naming what is wrong: the field, the language, the unknown variable."""
    if not _SHORTCUT.fullmatch(draft.shortcut):
        raise CannedRefused("shortcut", "letters", "small letters, digits, - and _, at most 40")
    for field, words in (("title", draft.title), ("text", draft.text)):
        for language in Languages:
            if not 0 < len(words.get(language, "").strip()) <= LONGEST:
                remedy = f"write between 1 and {LONGEST} characters"
                raise CannedRefused(field, "length", remedy, language)
    for language, words_of in draft.text.items():
        _check_braces(language, words_of)


def _check_braces(language: str, words_of: str) -> None:
    unknown = next((name for name in _BRACED.findall(words_of) if name not in variables()), None)
    there_are = f"there are {', '.join(f'{{{name}}}' for name in variables())}"
    if unknown is not None:
        remedy = f"{{{unknown}}} is not known; {there_are}"
        raise CannedRefused("text", "unknown", remedy, language, f"{{{unknown}}}")
    if set("{}") & set(_BRACED.sub("", words_of)):
        raise CannedRefused("text", "brace", f"a brace stands alone; {there_are}", language)


def _check_free(scope: Scope, draft: CannedDraft, holder: int | None) -> None:
    if not scope.may_see(draft.team_id):
        raise CannedRefused("team", "team", "you can save replies for everybody or for your own teams")
    if holder is not None and holder != draft.id:
        remedy = f"{draft.shortcut} is taken; choose another"
        raise CannedRefused("shortcut", "taken", remedy, named=draft.shortcut)


def _same(reply: CannedReply, draft: CannedDraft) -> bool:
    return all(getattr(reply, name) == getattr(draft, name) for name in ("shortcut", "title", "text", "team_id"))


def pieces(text: str) -> list[tuple[str, str]]:
    """Pure: the text cut into plain words, ``("", "Hello ")``, and variables by name, ``("name", "{name}")``."""
    cut = re.split(r"(\{[^{}]*\})", text)
    return [(part[1:-1] if _BRACED.fullmatch(part) else "", part) for part in cut if part]


def filled(text: str, values: Mapping[str, str], language: str) -> str:
    """Pure: put the values in. One that is missing stays visible, in brackets, by the name it has in `language`.

    Values are data: a brace in one is only a brace.
    """

    def value(match: re.Match[str]) -> str:
        name = match.group(1)
        known = variables().get(name, {})
        return values.get(name) or f"[{known.get(language, name)}]"

    return _BRACED.sub(value, text)
