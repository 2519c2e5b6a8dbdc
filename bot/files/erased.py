"""The files of somebody who was erased: out of the vault, after the erasure is certain and never before."""

from bot.files.vault import Vault
from crm_store.database import Store


async def remove_erased(store: Store, vault: Vault) -> int:
    """Remove what no erasure has removed yet and nobody else holds; gives how many files.

    Safe to call again at any time: a stop in between leaves the rest for the next call.
    """
    async with store.transaction() as crm:
        waiting = await crm.erasures.unremoved()
    for digests in waiting.values():
        for digest in digests:
            await vault.remove(digest)
    if waiting:
        async with store.transaction() as crm:
            await crm.erasures.removed(list(waiting))
    return sum(len(digests) for digests in waiting.values())
