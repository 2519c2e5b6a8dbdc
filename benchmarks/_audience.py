"""An audience on one lane, and a campaign planned for it and due now."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg

from bot.stack.schema import migrate
from crm_store.campaigns.campaign import Campaign, CampaignState, CampaignVersion
from crm_store.campaigns.campaign_writes import By
from crm_store.database import Store
from crm_store.planning.occurrences import Occurrence
from crm_store.plans.plan import Content, Plan
from crm_store.sending.drafting import Sender
from scheduler.care.planner import Planner
from scheduler.care.terms import CareTerms

FILE = Path(__file__).with_suffix(".sql")
TOKEN = "4711:bench-bench-bench-bench"
ZONE = ZoneInfo("Asia/Singapore")
LANE = "telegram:4711"
TERMS = CareTerms("https://bench.example", Sender({"en": "Willowmere", "zh": "柳岸百货"}))
WORDS = (
    Content(language="en", text="Hello {first_name}, this week everything for your kitchen is a fifth off."),
    Content(language="zh", text="{first_name}，您好！本周厨房用品全部八折。"),
)
AT_ANY_HOUR = {"hours": {"promotion": ["00:00", "24:00"]}}


def now() -> datetime:
    return datetime.now(UTC)


def fill(url: str, members: int) -> None:
    """So many members, each of whom may be written to on the lane."""
    migrate(url)
    with psycopg.connect(url.replace("+psycopg", "", 1)) as connection:
        connection.execute("set synchronous_commit = off")
        for statement in FILE.read_text("utf-8").replace(":members", str(members)).split(";\n"):
            if statement.strip():
                connection.execute(statement.encode())


async def planned(store: Store) -> int:
    """A campaign for everybody, running and planned; gives its occurrence."""
    async with store.transaction() as crm:
        await crm.lanes.ensure([LANE])
        await crm.contact_policies.change(AT_ANY_HOUR, By(None, now()))
        made = Campaign(name=f"bench {now()}", purpose="promotion", state=CampaignState.RUNNING, approved_version=1,
                        made_at=now(), changed_at=now())  # fmt: skip
        crm.session.add(made)
        await crm.session.flush()
        plan = Plan(channels=("telegram",), contents=WORDS).model_dump(mode="json")
        crm.session.add(CampaignVersion(campaign_id=made.id, version=1, plan=plan, made_at=now()))
        fired = Occurrence(campaign_id=made.id, version=1, key="bench", purpose="promotion", due_at=now(),
                           expires_at=now() + timedelta(hours=20), fired_at=now())  # fmt: skip
        crm.session.add(fired)
        await crm.session.flush()
        occurrence = fired.id
    await Planner(store, now).plan(occurrence)
    return occurrence
