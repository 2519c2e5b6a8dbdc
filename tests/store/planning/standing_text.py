"""A standing's canonical text, built in Python from the records one person at a time: slow, and easy to check."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import phonenumbers
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.cases.complaints import Complaint
from crm_store.cases.hush import COOLING, hushes
from crm_store.cases.states import OPEN
from crm_store.decision.zones import SURE
from crm_store.model import Base
from crm_store.people.consent import ConsentEntry
from crm_store.people.customers import Customer
from crm_store.people.identities import ChannelIdentity
from crm_store.people.preferences import Occasion, Preference


class Told:
    """What the records say of one person."""

    def __init__(self, session: AsyncSession, now: datetime) -> None:
        self._session = session
        self._now = now

    async def of(self, customer_id: int) -> tuple[str, dict[str, int], dict[str, list[Any]]]:
        customer = await self._session.get_one(Customer, customer_id, populate_existing=True)
        identities = await self._all(ChannelIdentity, ChannelIdentity.customer_id == customer_id)
        mine = [each.id for each in identities]
        entries = _newest(await self._said(ConsentEntry, customer_id, mine), lambda e: (e.purpose, e.channel))
        rules = [each for each in await self._said(Preference, customer_id, mine) if each.ended_at is None]
        dates = _newest(await self._said(Occasion, customer_id, mine), lambda each: each.kind)
        best: dict[str, ChannelIdentity] = {}
        for each in sorted(identities, key=lambda i: (i.reachability == "ok", i.id)):
            best[each.channel] = each
        facts = {
            **_profile(customer),
            **await self._hush(customer_id, mine),
            "off": sorted(each.kind for each in dates if each.off),
            "perm": [[e.purpose, e.channel, int(e.granted)] for e in sorted(entries, key=lambda e: e.id)],
            "reach": [[channel, best[channel].reachability] for channel in sorted(best)],
            "rules": {each.kind: each.value for each in rules if each.kind not in ("words", "language")},
        }
        spoken = [str(each.value["language"]) for each in rules if each.kind == "language"]
        language = spoken[-1] if spoken else customer.language
        facts["lang"] = None if language == "en" else language
        kept = {key: value for key, value in facts.items() if value not in (None, [], {})}
        text = json.dumps(kept, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        addresses = {name: [each.id, f"{name}:{each.account}"] for name, each in best.items()}
        return text, {f"{e.purpose}:{e.channel}": e.id for e in entries}, addresses

    async def _hush(self, customer_id: int, mine: list[int]) -> dict[str, Any]:
        found = await self._all(Complaint, (Complaint.customer_id == customer_id) | Complaint.identity_id.in_(mine))
        live = {}
        for case in found:
            while case.merged_into is not None:
                case = await self._session.get_one(Complaint, case.merged_into, populate_existing=True)
            live[case.id] = case
        if any(case.state in OPEN for case in live.values()):
            return {"hushed": True}
        since = [case.closed_at or case.changed_at for case in live.values()]
        if not any(hushes("closed", each, self._now) for each in since):
            return {}
        until = max(since) + COOLING
        whole = until.replace(microsecond=0) + (timedelta(seconds=1) if until.microsecond else timedelta(0))
        return {"hushed_until": f"{whole:%Y-%m-%dT%H:%M:%SZ}"}

    async def _said[T: (ConsentEntry, Preference, Occasion)](
        self, table: type[T], customer_id: int, mine: list[int]
    ) -> list[T]:
        unlinked = table.customer_id.is_(None) & table.identity_id.in_(mine)
        return await self._all(table, (table.customer_id == customer_id) | unlinked)

    async def _all[T: Base](self, table: type[T], which: Any) -> list[T]:
        found = select(table).where(which).order_by(table.__table__.c.id).execution_options(populate_existing=True)
        return list((await self._session.scalars(found)).all())


def _newest[T](rows: Iterable[T], key: Any) -> list[T]:
    return list({key(row): row for row in rows}.values())


def _profile(customer: Customer) -> dict[str, Any]:
    blocked = "erased" if customer.erased_at else None if customer.wanted else "staff"
    born = customer.birth_date if customer.birth_year_known else None
    if born is not None and born.isoformat() == "1970-01-01":
        born = None
    if born is not None and customer.birth_calendar == "lunar":
        born += timedelta(days=59)
    guessed = customer.time_zone_source not in SURE and customer.phone
    return {
        "blocked": blocked,
        "born": born.isoformat() if born else None,
        "country": _country(customer.phone) if guessed else None,
        "zone": customer.time_zone,
        "zsrc": customer.time_zone_source if customer.time_zone_source != "unknown" else None,
    }


def _country(phone: str | None) -> str | None:
    code = phonenumbers.parse(phone).country_code if phone else None
    return phonenumbers.COUNTRY_CODE_TO_REGION_CODE[code][0] if code else None
