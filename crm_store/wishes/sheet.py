"""A customer's sheet: everything they allow and everything they set, as their own page shows it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.people.consent import ANY_CHANNEL, STOPPABLE, Consent, Who, allows
from crm_store.people.customers import Customer
from crm_store.people.identities import ChannelIdentity
from crm_store.people.preferences import Preferences

CHANNELS = ("email", "sms", "whatsapp", "telegram", "line", "wechat", "phone", "webchat")
"""In the order they are shown."""


@dataclass(frozen=True)
class Sheet:
    """`allowed` in pairs of purpose and channel; `rules` in force by kind; `off`: occasions not to be mentioned."""

    customer: Customer
    channels: tuple[str, ...]
    allowed: frozenset[tuple[str, str]]
    rules: dict[str, dict[str, Any]]
    off: frozenset[str]

    @property
    def language(self) -> str:
        wanted = self.rules.get("language", {}).get("language")
        return str(wanted or self.customer.language)

    @property
    def who(self) -> Who:
        """What is said on the page comes from no address of a channel."""
        return Who(None, self.customer.id)


class Sheets:
    """Reads of sheets inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of(self, customer_id: int) -> Sheet | None:
        """None for nobody, and for somebody who was erased."""
        customer = await self._session.get(Customer, customer_id)
        if customer is None or customer.erased_at is not None:
            return None
        who = Who(None, customer_id)
        standing = await Consent(self._session).standing(who)
        preferences = Preferences(self._session)
        spoken = {entry.channel for entry in standing} - {ANY_CHANNEL}
        channels = await self._channels(customer, spoken)
        return Sheet(
            customer,
            channels,
            frozenset((purpose, each) for purpose in STOPPABLE for each in channels if allows(standing, purpose, each)),
            {rule.kind: rule.value for rule in await preferences.of(who) if rule.kind != "words"},
            frozenset(each.kind for each in await preferences.occasions_of(who) if each.off),
        )

    async def _channels(self, customer: Customer, spoken: set[str]) -> tuple[str, ...]:
        """Where they have an address, and where they said yes or no."""
        linked = select(ChannelIdentity.channel).where(ChannelIdentity.customer_id == customer.id)
        known = {*(await self._session.scalars(linked)).all(), *spoken, *(["email"] if customer.email else [])}
        return tuple(channel for channel in CHANNELS if channel in known)
