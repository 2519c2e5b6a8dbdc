"""Members of a large shop: filled once into a database, and the campaigns a measurement plans for them."""

import re
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import psycopg

from bot.stack.schema import migrate
from crm_store.campaigns.campaign import Campaign, CampaignState, CampaignVersion
from crm_store.database import Store
from crm_store.plans.plan import Plan, Repeating
from crm_store.plans.triggers import Firing
from crm_store.segments.segments import SegmentForm
from crm_store.segments.text import from_text

FILE = Path(__file__).with_suffix(".sql")
SEGMENT = "wanted and joined > 1 days ago"
NAME = "bench"


def plain(url: str) -> str:
    return url.replace("+psycopg", "", 1)


def fill(url: str, members: int) -> None:
    """Does nothing when it is filled already."""
    migrate(url)
    with psycopg.connect(plain(url)) as connection:
        if connection.execute("select 1 from customers limit 1").fetchone():
            return
        connection.execute("set synchronous_commit = off")
        for step, statements in _steps(members):
            began = time.monotonic()
            print(f"  {step:<28}", end="", flush=True)
            for statement in statements:
                connection.execute(statement.encode())
            print(f"{time.monotonic() - began:6.1f} s", flush=True)


def clear(url: str) -> None:
    """What measurements before this one have planned is gone, and its space is free."""
    with psycopg.connect(plain(url), autocommit=True) as connection:
        theirs = f"(select id from occurrences where key like '{NAME}%')"
        connection.execute(f"delete from touches where occurrence_id in {theirs}".encode())
        connection.execute(f"delete from plan_pages where occurrence_id in {theirs}".encode())
        connection.execute(b"vacuum analyze touches")
        connection.execute(b"checkpoint")


def _steps(members: int) -> Iterator[tuple[str, list[str]]]:
    told = FILE.read_text("utf-8").replace(":members", str(members))
    for part in told.split("\n-- step: ")[1:]:
        name, _, rest = part.partition("\n")
        yield name, [each for each in re.split(r";\n", rest) if each.strip()]


async def campaign(store: Store, now: datetime, number: int) -> int:
    """A promotion for nearly everybody, tomorrow at ten wherever they are; gives the occurrence."""
    async with store.transaction() as crm:
        segment = await crm.segments.make(SegmentForm(f"{NAME} {number}", "", from_text(SEGMENT)), None, now)
        plan = Plan(
            segment_id=segment.id,
            trigger=Repeating(cron="0 10 * * *", at_clock="10:00"),
            channels=("telegram", "email"),
            holdout_percent=5,
        )
        made = Campaign(
            name=f"{NAME} {number}",
            purpose="promotion",
            state=CampaignState.RUNNING,
            approved_version=1,
            made_at=now,
            changed_at=now,
        )
        crm.session.add(made)
        await crm.session.flush()
        told = plan.model_dump(mode="json")
        crm.session.add(CampaignVersion(campaign_id=made.id, version=1, plan=told, made_at=now))
        day = (now + timedelta(days=1)).date().isoformat()
        firing = Firing(f"{NAME}:{number}", now, now + timedelta(days=2), day)
        occurrence = await crm.occurrences.fire(made, plan, firing, now)
        assert occurrence is not None
        return occurrence
