"""Customers, staff and events for the tests of care, in few words."""

from datetime import datetime
from typing import Any

from crm_store.campaigns.campaigns import By
from crm_store.crm import Crm
from crm_store.people.customers import Customer
from crm_store.staff.members import NewMember, Role
from crm_store.touchpoints.care_events import CareEvent


async def customer(crm: Crm, name: str = "Emma Tan", language: str = "en", **more: Any) -> int:
    row = Customer(name=name, language=language, joined_on=datetime(2026, 1, 1).date(), **more)  # noqa: DTZ001
    crm.session.add(row)
    await crm.session.flush()
    return row.id


async def marketers(crm: Crm, now: datetime) -> tuple[By, By]:
    found = [
        await crm.staff.add(NewMember(f"{name}@shop.example", name, Role.MARKETER, "!"), now) for name in ("mei", "tom")
    ]
    return By(found[0].id, now), By(found[1].id, now)


async def event(crm: Crm, kind: str, customer_id: int, at: datetime, **detail: Any) -> int:
    row = CareEvent(kind=kind, customer_id=customer_id, key=f"{at.timestamp()}-{customer_id}", at=at, detail=detail)
    crm.session.add(row)
    await crm.session.flush()
    return row.id
