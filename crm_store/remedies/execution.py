"""Execution: what a remedy does to the shop's books, once. The remedy's id in each table is what makes it once."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from secrets import choice
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.cases.complaints import Complaint
from crm_store.errors import CareLoopError
from crm_store.loyalty.coupons import Coupon
from crm_store.loyalty.order_requests import OrderRequest, OrderRequests
from crm_store.loyalty.points import PointsEntry
from crm_store.people.customers import Customer
from crm_store.remedies.granting import RemedyKind
from crm_store.remedies.remedy import Remedy
from crm_store.words import word_lists

COUPON_HOLDS = timedelta(days=180)
_TITLES = word_lists(__file__)
_SYMBOLS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Nothing that looks like something else when it is read to a cashier."""


class RemedyNeedsMember(CareLoopError):
    """Points and coupons go to a member; this case has none."""

    code = "remedy_needs_member"


@dataclass(frozen=True)
class Done:
    """What proves the execution, and whether the shopper has it already."""

    evidence: str
    arrived: bool


def check_member(kind: RemedyKind, complaint: Complaint) -> None:
    """Raises `RemedyNeedsMember`."""
    if kind in {RemedyKind.POINTS, RemedyKind.COUPON} and complaint.customer_id is None:
        raise RemedyNeedsMember(
            f"kind: {kind} go to a member, and nobody is linked to case {complaint.number}; "
            "link the shopper first, or choose a refund, a replacement or an apology"
        )


class Execution:
    """Writes into points, coupons and the back office's requests inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def do(self, remedy: Remedy, complaint: Complaint, now: datetime) -> Done:
        """Do it; doing it again gives the same evidence and changes nothing."""
        kind = RemedyKind(remedy.kind)
        check_member(kind, complaint)
        match kind:
            case RemedyKind.POINTS:
                return Done(await self._points(remedy, complaint, now), arrived=True)
            case RemedyKind.COUPON:
                return Done(await self._coupon(remedy, complaint, now), arrived=True)
            case RemedyKind.APOLOGY:
                return Done("", arrived=True)
        return Done(await self._request(remedy, complaint, now), arrived=False)

    async def _points(self, remedy: Remedy, complaint: Complaint, now: datetime) -> str:
        await self._session.execute(
            insert(PointsEntry)
            .values(
                customer_id=complaint.customer_id,
                at=now,
                delta=remedy.amount,
                reason=f"remedy {complaint.number}",
                order_number=complaint.order_number,
                remedy_id=remedy.id,
            )
            .on_conflict_do_nothing(index_elements=["remedy_id"])
        )
        entry = await self._session.scalar(select(PointsEntry.id).where(PointsEntry.remedy_id == remedy.id))
        return f"points entry {entry}"

    async def _coupon(self, remedy: Remedy, complaint: Complaint, now: datetime) -> str:
        today = await self._today(complaint.customer_id, now)
        await self._session.execute(
            insert(Coupon)
            .values(
                code=f"CARE-{_random(4)}-{_random(4)}",
                customer_id=complaint.customer_id,
                title=_TITLES.values("coupon_title"),
                value_cents=remedy.amount,
                min_spend_cents=0,
                valid_from=today,
                valid_until=today + COUPON_HOLDS,
                remedy_id=remedy.id,
            )
            .on_conflict_do_nothing(index_elements=["remedy_id"])
        )
        return await self._session.scalar(select(Coupon.code).where(Coupon.remedy_id == remedy.id)) or ""

    async def _request(self, remedy: Remedy, complaint: Complaint, now: datetime) -> str:
        number = f"RQ{remedy.id}"
        request = OrderRequest(
            number=number,
            remedy_id=remedy.id,
            complaint_id=complaint.id,
            customer_id=complaint.customer_id,
            kind=remedy.kind,
            amount_cents=remedy.amount,
            order_number=complaint.order_number,
            product_sku=complaint.product_sku,
            requested_at=now,
        )
        await OrderRequests(self._session).ask(request)
        return number

    async def _today(self, customer_id: int | None, now: datetime) -> date:
        """The member's own day: a coupon of today is good today, wherever they are."""
        customer = await self._session.get(Customer, customer_id)
        return now.astimezone(ZoneInfo(customer.time_zone) if customer else UTC).date()


def _random(length: int) -> str:
    return "".join(choice(_SYMBOLS) for _ in range(length))
