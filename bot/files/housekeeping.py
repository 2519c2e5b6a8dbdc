"""What the clock does for the files: what was to go goes, even when a stop came in between."""

import asyncio
from datetime import datetime, timedelta

from bot.files.erased import remove_erased
from bot.files.vault import Vault
from crm_store.database import Store

HALF_WRITTEN = timedelta(days=1)
"""No upload takes so long."""


async def tidy_files(store: Store, vault: Vault, now: datetime) -> None:
    """Remove the files of people who were erased, and what a crash left half-written."""
    await remove_erased(store, vault)
    await asyncio.to_thread(vault.tidy, now - HALF_WRITTEN)
