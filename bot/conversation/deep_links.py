"""Deep links: a token that carries a member from the till, a receipt or the web shop into a chat, once.

A token is 256 random bits, 43 characters of ``A-Za-z0-9_-``, of the 64 that a Telegram start takes. Nothing but its
seal, a hash that holds on one channel only, is ever stored: not with the link, and not of the message that shows it.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_urlsafe

from crm_store.crm import Crm
from crm_store.people.links import DeepLink

LIFE = timedelta(minutes=10)
SHAPE = re.compile(r"[A-Za-z0-9_-]{43}")
_SEAL = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class FreshLink:
    """A token to show once, and until when it works."""

    token: str
    expires_at: datetime


async def make(crm: Crm, customer_id: int, channel: str, now: datetime) -> FreshLink:
    """Store a link for a customer who is there, good on one `channel`."""
    token, expires_at = token_urlsafe(32), now + LIFE
    seal = bytes.fromhex(sealed(token, channel))
    crm.deep_links.add(DeepLink(token_hash=seal, customer_id=customer_id, made_at=now, expires_at=expires_at))
    return FreshLink(token, expires_at)


async def spend(crm: Crm, seal: str, identity_id: int, now: datetime) -> int | None:
    """The customer the link was made for, the first time its seal is shown in time; else None."""
    if not _SEAL.fullmatch(seal):
        return None
    return await crm.deep_links.use(bytes.fromhex(seal), identity_id, now)


def sealed(token: str, channel: str) -> str:
    """What is kept of a token that was shown on `channel`: 64 hexadecimal digits."""
    return hashlib.sha256(f"{channel}:{token}".encode()).hexdigest()
