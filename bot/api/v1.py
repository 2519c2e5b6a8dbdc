"""Everything under /api/v1."""

from fastapi import APIRouter

from bot.api.complaints import complaint_intake_router, complaints_router
from bot.api.conversations import conversations_router
from bot.api.customers import customers_router
from bot.api.interactions import interactions_router
from bot.api.keys import KeyGate
from bot.api.links import LinkMaker, links_router
from bot.api.privacy import privacy_router
from bot.api.remedies import remedies_router
from bot.files.vault import Vault
from crm_store.database import Store


def read_api(store: Store, gate: KeyGate, links: LinkMaker, vault: Vault) -> APIRouter:
    """The lists, the complaints taken elsewhere, the links into a chat, and a person's own data, for POS, web shop and
    call centre."""
    router = APIRouter(prefix="/api/v1")
    for part in (
        customers_router,
        conversations_router,
        interactions_router,
        complaints_router,
        complaint_intake_router,
        remedies_router,
    ):
        router.include_router(part(store, gate))
    router.include_router(links_router(store, gate, links))
    router.include_router(privacy_router(store, gate, vault))
    return router
