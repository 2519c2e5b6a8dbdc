"""Occurrences: one firing of a campaign's trigger, planned range by range of customers so that a kill loses nothing."""

from collections import Counter
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, UniqueConstraint, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.campaigns.campaign import Campaign, CampaignState
from crm_store.model import Base, Key, Moment
from crm_store.plans.plan import Plan
from crm_store.plans.triggers import Firing
from crm_store.standings.pages import PAGE


class OccurrenceState(StrEnum):
    """DUE → PLANNING → PLANNED (touches wait or are sent) → DONE; CANCELLED with its campaign."""

    DUE = "due"
    PLANNING = "planning"
    PLANNED = "planned"
    DONE = "done"
    CANCELLED = "cancelled"


class Occurrence(Base):
    """`key` names the firing (a date, an instant, a range of events): the same firing twice is one row.

    `day`: the local date it is about, ISO, for anniversaries. `purpose`, `priority` and `version` are those of the
    campaign when it fired. `first_event`/`last_event`: the care events it is about. `holdout_percent` 0-50.
    """

    __tablename__ = "occurrences"
    __table_args__ = (UniqueConstraint("campaign_id", "key"),)

    id: Mapped[Key]
    campaign_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("campaigns.id"))
    version: Mapped[int]
    key: Mapped[str]
    state: Mapped[str] = mapped_column(default=OccurrenceState.DUE)
    purpose: Mapped[str]
    priority: Mapped[int] = mapped_column(default=5)
    day: Mapped[str | None]
    due_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    first_event: Mapped[int | None] = mapped_column(BigInteger)
    last_event: Mapped[int | None] = mapped_column(BigInteger)
    fired_at: Mapped[Moment]
    planned_at: Mapped[Moment | None]
    ended_at: Mapped[Moment | None]
    rematched_at: Mapped[Moment | None]


class PlanPage(Base):
    """One range of customers of one occurrence. `counts`: by outcome and reason, once it is planned."""

    __tablename__ = "plan_pages"

    occurrence_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("occurrences.id"), primary_key=True)
    page: Mapped[int] = mapped_column(primary_key=True)
    planned_at: Mapped[Moment | None]
    counts: Mapped[dict[str, Any]]


_PAGES = text(
    f"""
    insert into plan_pages (occurrence_id, page, counts)
    select o.id, pages.page, '{{}}'
      from occurrences o cross join lateral (
           select generate_series(0, (select max(id) from customers) / {PAGE}) as page where o.first_event is null
           union
           select customer_id / {PAGE} from care_events
            where o.first_event is not null and id between o.first_event and o.last_event) pages
     where o.id = :occurrence
    on conflict do nothing
    """
)

# Each planner begins somewhere else, so that those who plan side by side seldom want the same page.
_CLAIM = text(
    """
    select page from plan_pages
     where occurrence_id = :occurrence and planned_at is null
     order by (page < :start), page limit 1 for update skip locked
    """
)

_SETTLE = text(
    """
    update occurrences set state = 'planned', planned_at = :now
     where id = :occurrence and state = 'planning'
       and not exists (select from plan_pages p where p.occurrence_id = :occurrence and p.planned_at is null)
    returning campaign_id
    """
)


class Occurrences:
    """Reads and writes of occurrences inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def fire(self, campaign: Campaign, plan: Plan, firing: Firing, now: datetime) -> int | None:
        """One firing of the approved version; its id, or None when it had fired before."""
        row = {
            **{name: getattr(firing, name) for name in Firing.__slots__},
            "campaign_id": campaign.id,
            "version": campaign.approved_version or campaign.version,
            "purpose": campaign.purpose,
            "priority": plan.priority,
            "state": OccurrenceState.DUE,
            "fired_at": now,
        }
        made = insert(Occurrence).values(row).on_conflict_do_nothing().returning(Occurrence.id)
        return await self._session.scalar(made)

    async def due_campaign(self, campaign_id: int, now: datetime) -> Campaign | None:
        """The campaign, ours until the transaction ends, when its trigger still wants a look."""
        asked = (
            select(Campaign)
            .where(Campaign.id == campaign_id, Campaign.next_at <= now)
            .where(Campaign.state.in_((CampaignState.SCHEDULED, CampaignState.RUNNING)))
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        campaign: Campaign | None = await self._session.scalar(asked)
        return campaign

    async def unplanned(self, before: datetime, limit: int = 100) -> list[int]:
        """Fired before then and not planned, or in part, whoever began it; the first that was due first."""
        waiting = Occurrence.state.in_((OccurrenceState.DUE, OccurrenceState.PLANNING))
        rows = await self._session.scalars(
            select(Occurrence.id)
            .where(waiting, Occurrence.fired_at < before)
            .order_by(Occurrence.due_at, Occurrence.id)
            .limit(limit)
        )
        return list(rows)

    async def begin(self, occurrence_id: int) -> int:
        """Lay out its pages, those of everybody or those with its events; gives how many are left to plan.

        Nothing is left of one that is planned, done or cancelled.
        """
        begun = await self._session.scalar(
            update(Occurrence)
            .where(Occurrence.id == occurrence_id, Occurrence.state == OccurrenceState.DUE)
            .values(state=OccurrenceState.PLANNING)
            .returning(Occurrence.id)
        )
        if begun is not None:
            await self._session.execute(_PAGES, {"occurrence": occurrence_id})
        left = (
            select(func.count())
            .select_from(PlanPage)
            .join(Occurrence, Occurrence.id == PlanPage.occurrence_id)
            .where(PlanPage.occurrence_id == occurrence_id, PlanPage.planned_at.is_(None))
            .where(Occurrence.state == OccurrenceState.PLANNING)
        )
        return await self._session.scalar(left) or 0

    async def hold(self, occurrence_id: int) -> OccurrenceState | None:
        """Its state, which nobody changes until this transaction has ended; None when there is none."""
        asked = select(Occurrence.state).where(Occurrence.id == occurrence_id).with_for_update(read=True)
        state = await self._session.scalar(asked)
        return OccurrenceState(state) if state is not None else None

    async def claim_page(self, occurrence_id: int, start: int) -> int | None:
        """A page nobody is planning, the first from `start` on; its row is ours until the transaction ends."""
        page: int | None = await self._session.scalar(_CLAIM, {"occurrence": occurrence_id, "start": start})
        return page

    async def pages(self, occurrence_id: int) -> list[int]:
        """Every page it was laid out in."""
        asked = select(PlanPage.page).where(PlanPage.occurrence_id == occurrence_id).order_by(PlanPage.page)
        return list(await self._session.scalars(asked))

    async def page_planned(self, occurrence_id: int, page: int, counts: dict[str, int], now: datetime) -> None:
        """It is planned up to `now`; `counts`: the people who are new in it."""
        row = await self._session.get_one(PlanPage, (occurrence_id, page))
        row.counts = dict(Counter(row.counts) + Counter(counts))
        row.planned_at = now
        await self._session.flush()

    async def rematched(self, occurrence_id: int, now: datetime) -> None:
        """Looked at again, all of it."""
        await self._session.execute(update(Occurrence).where(Occurrence.id == occurrence_id).values(rematched_at=now))

    async def settle(self, occurrence_id: int, now: datetime) -> bool:
        """PLANNED when every page is; True for whoever planned the last."""
        return await self._session.scalar(_SETTLE, {"occurrence": occurrence_id, "now": now}) is not None

    async def counts(self, occurrence_id: int) -> dict[str, int]:
        """How many people by ``outcome:reason`` as they were planned, so far."""
        pages = await self._session.scalars(select(PlanPage.counts).filter_by(occurrence_id=occurrence_id))
        whole: Counter[str] = Counter()
        for page in pages:
            whole.update(page)
        return dict(whole)
