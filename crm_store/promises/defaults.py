"""What every shop starts with (`defaults.yml`): a desk calendar, policies with a floor, steps of escalation."""

from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.promises.calendars import ONE_AT_A_TIME, CalendarForm, Calendars
from crm_store.promises.escalations import EscalationStep
from crm_store.promises.policies import Policies, PolicyForm, PolicyVersion
from crm_store.yaml_file import read_yaml

_FILE = Path(__file__).with_name("defaults.yml")


class Opened(Protocol):
    """An open transaction, such as `Crm`."""

    session: AsyncSession


async def ensure_promises(crm: Opened, now: datetime, zone: str) -> None:
    """Make what is missing; what the shop has set or retired stays as it is. `zone` is the shop's, an IANA name."""
    told: dict[str, Any] = read_yaml(_FILE)
    await crm.session.execute(ONE_AT_A_TIME, {"key": "promises"})
    calendars = Calendars(crm.session)
    for each in told["calendars"]:
        if await calendars.current(each["name"]) is None:
            spans = {str(day): each["spans"] for day in each["days"]}
            await calendars.save(CalendarForm(each["name"], zone, spans, []), now)
    if await crm.session.scalar(select(PolicyVersion.id).limit(1)) is None:
        for each in told["policies"]:
            await Policies(crm.session).save(PolicyForm(**each), now)
    if await crm.session.scalar(select(EscalationStep.cause).limit(1)) is None:
        await crm.session.execute(insert(EscalationStep).values(_steps(told)).on_conflict_do_nothing())


def _steps(told: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"cause": cause, "level": level, "role": role, "acknowledge_within": minutes}
        for cause, steps in told["escalations"].items()
        for level, (role, minutes) in enumerate(steps, start=1)
    ]
