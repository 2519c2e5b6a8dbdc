"""The database's content: brought to the newest schema, filled with the demo shop."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from alembic import command
from alembic.config import Config

from bot.stack.folders import ROOT
from crm_store.database import open_store
from crm_store.demo.care import fill_demo_care
from crm_store.demo.desk import fill_demo_desk
from crm_store.demo.seed import fill_demo_shop
from crm_store.promises.defaults import ensure_promises


def migrate(database_url: str) -> None:
    """Bring the schema up to date; does nothing when it is. Several at once wait for each other."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "crm_store" / "migrations"))
    config.set_main_option("sqlalchemy.url", database_url.replace("%", "%%"))
    command.upgrade(config, "head")


def furnish(database_url: str, zone: str, now: datetime) -> None:
    """What no shop can be without: calendar, policies, escalations, limits of remedies, rules for writing to people.

    Only what is missing is made. `zone` is the shop's.
    """
    asyncio.run(_furnish(database_url, zone, now))


async def _furnish(database_url: str, zone: str, now: datetime) -> None:
    store = open_store(database_url, pool=2)
    try:
        async with store.transaction() as crm:
            await ensure_promises(crm, now, zone)
            await crm.remedies.limits.ensure()
            await crm.contact_policies.ensure(zone, now)
    finally:
        await store.close()


def fill_demo(database_url: str, now: datetime, say: Callable[[str], None]) -> bool:
    """The demo shop with its desks, dated from `now` in the shop's zone, on the first run; False when it is there."""
    return asyncio.run(_fill_demo(database_url, now, say))


async def _fill_demo(database_url: str, now: datetime, say: Callable[[str], None]) -> bool:
    store = open_store(database_url, pool=2)
    try:
        made = await fill_demo_shop(store, now.date(), say)
        if made:
            await fill_demo_desk(store, now, say)
            await fill_demo_care(store, now, say)
        return made
    finally:
        await store.close()
