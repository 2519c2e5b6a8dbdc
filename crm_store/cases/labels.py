"""Labels: the shop's own words for our states, and tags it puts on cases. Words may change, meanings may not."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from sqlalchemy import BigInteger, ForeignKey, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.cases.states import State
from crm_store.errors import CareLoopError
from crm_store.model import Base, Key, Languages, Words
from crm_store.yaml_file import read_yaml

COLOURS = ("grey", "red", "amber", "green", "blue", "violet")
LONGEST = 60


class LabelRefused(CareLoopError):
    """A label or tag that cannot be: an unknown state, a missing language, too long, no such colour."""

    code = "label_refused"


@cache
def own_words() -> Mapping[str, Words]:
    """By state, from `state_words.yml`."""
    words: dict[str, Words] = read_yaml(Path(__file__).with_name("state_words.yml"))
    return words


class StateLabel(Base):
    """What the shop calls one of our states; without a row our own word holds."""

    __tablename__ = "state_labels"

    state: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[Words]


class Tag(Base):
    """`colour` is one of a closed list of names (`grey`, `red`, `amber`, `green`, `blue`, `violet`)."""

    __tablename__ = "tags"

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[Words]
    colour: Mapped[str] = mapped_column(default="grey")


class ComplaintTag(Base):
    """Which case has which tag."""

    __tablename__ = "complaint_tags"

    complaint_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("complaints.id"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("tags.id", ondelete="cascade"), primary_key=True, index=True
    )


class Labels:
    """Reads and writes of labels and tags inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def all(self) -> dict[str, Words]:
        """What each state is called, in the order of the states: the shop's words, else ours."""
        rows = await self._session.scalars(select(StateLabel))
        return {**own_words(), **{row.state: row.label for row in rows}}

    async def rename(self, state: str, label: Words) -> None:
        """The shop's own words for a state; what it means does not change. Raises `LabelRefused`."""
        if state not in set(State):
            raise LabelRefused(f"there is no such state; the states are {', '.join(State)}")
        words = _checked(label)
        await self._session.execute(
            insert(StateLabel)
            .values(state=state, label=words)
            .on_conflict_do_update(index_elements=["state"], set_={"label": words})
        )

    async def tags(self) -> list[Tag]:
        """By code."""
        return list((await self._session.scalars(select(Tag).order_by(Tag.code))).all())

    async def tags_of(self, complaint_id: int) -> list[Tag]:
        """Those of one case, by code."""
        found = await self._session.scalars(
            select(Tag).join(ComplaintTag).where(ComplaintTag.complaint_id == complaint_id).order_by(Tag.code)
        )
        return list(found.all())

    async def save_tag(self, code: str, name: Words, colour: str = COLOURS[0]) -> None:
        """Make a tag, or give it another name and colour. Raises `LabelRefused`."""
        if colour not in COLOURS:
            raise LabelRefused(f"colour must be one of {', '.join(COLOURS)}")
        values = {"name": _checked(name), "colour": colour}
        await self._session.execute(
            insert(Tag).values(code=code, **values).on_conflict_do_update(index_elements=["code"], set_=values)
        )


def _checked(label: Words) -> Words:
    words = {language: label.get(language, "").strip() for language in Languages}
    if not all(0 < len(text) <= LONGEST for text in words.values()):
        raise LabelRefused(f"a label needs 1 to {LONGEST} characters in each of {', '.join(Languages)}")
    return words
