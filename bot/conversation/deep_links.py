"""Deep links: a token that carries a member from the till, a receipt or the web shop into a chat, once.

A token is 128 random bits and 128 bits of signature over them and the channel: 43 characters of ``A-Za-z0-9_-``, of
the 64 that a Telegram start takes. The signature turns garbage away before the store is asked; only a hash is stored.
"""

import base64
import binascii
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_bytes

from crm_store.database import Crm
from crm_store.people.links import DeepLink

LIFE = timedelta(minutes=10)
SHAPE = re.compile(r"[A-Za-z0-9_-]{43}")
HALF = 16
PURPOSE = b"careloop deep link:"


@dataclass(frozen=True)
class FreshLink:
    """A token to show once, and until when it works."""

    token: str
    expires_at: datetime


async def make(crm: Crm, customer_id: int, channel: str, now: datetime, secret: bytes) -> FreshLink:
    """Store a link for a customer who is there, good on one `channel`."""
    token = signed(token_bytes(HALF), channel, secret)
    expires_at = now + LIFE
    crm.deep_links.add(DeepLink(token_hash=_hash(token), customer_id=customer_id, made_at=now, expires_at=expires_at))
    return FreshLink(token, expires_at)


async def spend(crm: Crm, token: str, identity_id: int, now: datetime, secret: bytes) -> int | None:
    """The customer the link was made for, the first time it is shown in time on its channel; else None."""
    if not SHAPE.fullmatch(token):
        return None
    identity = await crm.identities.get(identity_id)
    if not is_ours(token, identity.channel, secret):
        return None
    return await crm.deep_links.use(_hash(token), identity_id, now)


def signed(random: bytes, channel: str, secret: bytes) -> str:
    """The token of these random bytes."""
    return base64.urlsafe_b64encode(random + _signature(random, channel, secret)).rstrip(b"=").decode()


def is_ours(token: str, channel: str, secret: bytes) -> bool:
    """Whether we signed this token for this channel."""
    try:
        raw = base64.urlsafe_b64decode(f"{token}=".encode())
    except (binascii.Error, UnicodeEncodeError):
        return False
    return hmac.compare_digest(raw[HALF:], _signature(raw[:HALF], channel, secret))


def _signature(random: bytes, channel: str, secret: bytes) -> bytes:
    return hmac.new(secret, PURPOSE + channel.encode() + b":" + random, hashlib.sha256).digest()[:HALF]


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
