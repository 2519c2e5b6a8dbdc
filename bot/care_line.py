"""What goes out unasked, put together: on whose terms, with which links, and whether this database may."""

from collections.abc import Awaitable, Callable, Mapping

from bot.web.preference_links import preferences_link
from crm_store.database import Store
from crm_store.sending.drafting import Sender
from scheduler.care.terms import CareTerms


def care_terms(secret: bytes, base_url: str, shop: Mapping[str, str]) -> CareTerms:
    """`shop` is its name by language."""
    return CareTerms(base_url, Sender(dict(shop), lambda customer_id: preferences_link(secret, base_url, customer_id)))


def copy_of_another_house(store: Store, base_url: str) -> Callable[[], Awaitable[bool]]:
    """Asks whether this database was made for another house, so that nothing is sent unasked."""

    async def is_copy() -> bool:
        async with store.transaction() as crm:
            return await crm.fence.is_copy(base_url)

    return is_copy
