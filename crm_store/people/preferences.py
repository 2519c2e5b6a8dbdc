"""Preferences and occasions: a shopper's own rules and dates, kept with the words that set them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, UniqueConstraint, select, update
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, IdentityKey, Key, Moment
from crm_store.people.consent import Who, said_by


class Preference(Base):
    """One rule. Kinds: `hours`, `days`, `at_most`, `channels`, `snooze`, `style`, `language`, `words` (as said);
    `only` (these occasions alone), `zone` (for a while), `stage`, `impersonal`.

    `ended_by`: the rule that replaced it, so that one can go back; one with an empty value only lifted it, and never
    held itself. `source`: `chat`, `page` or `staff`. `question`: the exact question a yes answered, and its version.
    """

    __tablename__ = "preferences"
    __table_args__ = (UniqueConstraint("interaction_id", "kind"),)

    id: Mapped[Key]
    customer_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("customers.id"), index=True)
    identity_id: Mapped[IdentityKey | None]
    kind: Mapped[str]
    value: Mapped[dict[str, Any]]
    words: Mapped[str]
    interaction_id: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[Moment]
    ended_at: Mapped[Moment | None]
    ended_by: Mapped[int | None] = mapped_column(BigInteger)
    source: Mapped[str] = mapped_column(default="chat", server_default="chat")
    question: Mapped[str] = mapped_column(default="", server_default="")
    question_version: Mapped[str] = mapped_column(default="", server_default="")


@dataclass(frozen=True)
class OccasionNote:
    """A dated reason as it was told; month and day are empty for a festival."""

    kind: str
    month: int | None
    day: int | None
    calendar: str
    off: bool
    whom: str = ""
    leap_month: bool = False


class Occasion(Base):
    """A dated reason to write; `off` means the shopper does not want to hear of it.

    `whom`: the member of the household it belongs to, as the shopper calls them. `leap_month`: of a lunar date.
    """

    __tablename__ = "occasions"
    __table_args__ = (UniqueConstraint("interaction_id", "kind", "whom"),)

    id: Mapped[Key]
    customer_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("customers.id"), index=True)
    identity_id: Mapped[IdentityKey | None]
    kind: Mapped[str]
    month: Mapped[int | None]
    day: Mapped[int | None]
    calendar: Mapped[str] = mapped_column(default="solar")
    year: Mapped[int | None]
    leap_month: Mapped[bool] = mapped_column(default=False, server_default="false")
    whom: Mapped[str] = mapped_column(default="", server_default="")
    off: Mapped[bool] = mapped_column(default=False)
    words: Mapped[str]
    interaction_id: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[Moment]
    source: Mapped[str] = mapped_column(default="chat", server_default="chat")

    @property
    def note(self) -> OccasionNote:
        return OccasionNote(self.kind, self.month, self.day, self.calendar, self.off, self.whom, self.leap_month)


@dataclass(frozen=True)
class Told:
    """In which words, in which message, and when; after which question, where one was answered."""

    words: str
    interaction_id: int | None
    at: datetime
    source: str = "chat"
    question: str = ""
    question_version: str = ""


def _common(who: Who, told: Told) -> dict[str, Any]:
    return {
        "customer_id": who.customer_id,
        "identity_id": who.identity_id,
        "words": told.words,
        "interaction_id": told.interaction_id,
        "at": told.at,
        "source": told.source,
    }


class Preferences:
    """Reads and writes of preferences and occasions inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def put(self, who: Who, kind: str, value: dict[str, Any], told: Told) -> None:
        """Set a rule; the one of its kind before it ends, save for plain `words`. Told twice, it is set once.

        An empty value lifts the rule: the row is the proof of that, and never holds itself.
        """
        made = await self._session.scalar(
            insert(Preference)
            .values(
                kind=kind,
                value=value,
                ended_at=None if value else told.at,
                question=told.question,
                question_version=told.question_version,
                **_common(who, told),
            )
            .on_conflict_do_nothing()
            .returning(Preference.id)
        )
        if made is None or kind == "words":
            return
        await self._session.execute(
            update(Preference)
            .where(
                said_by(Preference, who),
                Preference.kind == kind,
                Preference.id != made,
                Preference.ended_at.is_(None),
            )
            .values(ended_at=told.at, ended_by=made)
        )

    async def note(self, who: Who, occasion: OccasionNote, told: Told) -> None:
        """Write a dated reason down; the newest row of a kind and a person counts. Told twice, it is written once."""
        await self._session.execute(
            insert(Occasion).values(**vars(occasion), **_common(who, told)).on_conflict_do_nothing()
        )

    async def occasions_of(self, who: Who) -> list[Occasion]:
        """The newest of each kind, and of each member of the household."""
        newest = (
            select(Occasion)
            .where(said_by(Occasion, who))
            .ext(distinct_on(Occasion.kind, Occasion.whom))
            .order_by(Occasion.kind, Occasion.whom, Occasion.id.desc())
        )
        return list((await self._session.scalars(newest)).all())

    async def of(self, who: Who) -> list[Preference]:
        """Rules in force, oldest first."""
        found = await self._session.scalars(
            select(Preference).where(said_by(Preference, who), Preference.ended_at.is_(None)).order_by(Preference.id)
        )
        return list(found.all())
