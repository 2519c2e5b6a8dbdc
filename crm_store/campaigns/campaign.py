"""What a campaign is as rows: where it stands, what each version of it says, and every move it made."""

from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, Key, Moment


class CampaignState(StrEnum):
    """draft → review → approved (by another person) → scheduled → running ⇄ paused → done | cancelled."""

    DRAFT = "draft"
    REVIEW = "review"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"


class Campaign(Base):
    """`purpose` never changes. `programme`: the ready-made one it was made from, such as `birthday`.

    `version` is the newest, `approved_version` the one that may be sent. `next_at`: when its trigger fires next.
    `cursor`: the last care event it has taken, for event triggers. `rate`: messages a second of its own, below its
    lane's; None for as fast as the lane goes.
    """

    __tablename__ = "campaigns"
    __table_args__ = (Index("ix_campaigns_next_at", "next_at", postgresql_where="next_at is not null"),)

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(unique=True)
    purpose: Mapped[str]
    programme: Mapped[str | None]
    state: Mapped[str] = mapped_column(default=CampaignState.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    approved_version: Mapped[int | None]
    made_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    made_at: Mapped[Moment]
    changed_at: Mapped[Moment]
    next_at: Mapped[Moment | None]
    cursor: Mapped[int] = mapped_column(BigInteger, default=0)
    rate: Mapped[float | None]


class CampaignVersion(Base):
    """What a campaign says in one version: the typed `Plan` as JSON (see crm_store/plans/plan.py)."""

    __tablename__ = "campaign_versions"

    campaign_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("campaigns.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    plan: Mapped[dict[str, Any]]
    made_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    made_at: Mapped[Moment]


class CampaignEvent(Base):
    """One move of a campaign, by whom and why. Never changed.

    `kind`: a `crm_store.campaigns.moves.Move`, or `made`, `renamed`, `rate`.
    """

    __tablename__ = "campaign_events"

    id: Mapped[Key]
    campaign_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("campaigns.id"), index=True)
    at: Mapped[Moment]
    staff_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    kind: Mapped[str]
    version: Mapped[int]
    detail: Mapped[dict[str, Any]]
