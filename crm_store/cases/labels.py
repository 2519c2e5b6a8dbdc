"""Labels: the shop's own words for our states, and tags it puts on cases. Words may change, meanings may not."""

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, Key, Words


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
