"""Web-chat visitors: who they are is in the token they hold, signed by us; it carries no name and proves no person."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_bytes

LIFE = timedelta(days=30)
_ID, _TIME, _MAC = 16, 5, 32


@dataclass(frozen=True)
class Visitor:
    """`address` is the random id this browser goes by."""

    address: str
    since: datetime


def new_token(secret: bytes, now: datetime) -> tuple[Visitor, str]:
    """A visitor nobody has been before, and the token for it (71 URL-safe characters)."""
    body = token_bytes(_ID) + int(now.timestamp()).to_bytes(_TIME, "big")
    token = base64.urlsafe_b64encode(body + _mac(secret, body)).rstrip(b"=").decode()
    return _visitor(body, now), token


def visitor_of(secret: bytes, token: str, now: datetime) -> Visitor | None:
    """Whose token this is; None when it is not ours or older than 30 days."""
    try:
        raw = base64.urlsafe_b64decode(token.encode("ascii", "strict") + b"==")
    except ValueError:
        return None
    body, mac = raw[: _ID + _TIME], raw[_ID + _TIME :]
    if len(mac) != _MAC or not hmac.compare_digest(mac, _mac(secret, body)):
        return None
    visitor = _visitor(body, now)
    return visitor if now - visitor.since < LIFE else None


def _visitor(body: bytes, now: datetime) -> Visitor:
    since = datetime.fromtimestamp(int.from_bytes(body[_ID:], "big"), tz=now.tzinfo)
    return Visitor(body[:_ID].hex(), since)


def _mac(secret: bytes, body: bytes) -> bytes:
    return hmac.new(secret, b"webchat:" + body, hashlib.sha256).digest()
