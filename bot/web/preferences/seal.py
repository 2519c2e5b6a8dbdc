"""Pure: what a page showed, sealed into its form: no other page's form is taken, and only what was changed counts."""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta

LIFE = timedelta(hours=12)
_MAC = 32


def sealed(secret: bytes, token: str, shown: str, now: datetime) -> str:
    """For a hidden field. It opens with the same `token` (the page's own) only, for twelve hours."""
    body = f"{int(now.timestamp())}:{shown}".encode()
    return base64.urlsafe_b64encode(_mac(secret, token, body) + body).decode()


def opened(secret: bytes, token: str, seal: str, now: datetime) -> str | None:
    """What was shown; None when it is no seal of ours for this page, or too old."""
    try:
        raw = base64.b64decode(seal.encode("ascii"), altchars=b"-_", validate=True)
    except ValueError:
        return None
    mac, body = raw[:_MAC], raw[_MAC:]
    if not hmac.compare_digest(mac, _mac(secret, token, body)):
        return None
    made, _, shown = body.decode().partition(":")
    return shown if timedelta(0) <= now - datetime.fromtimestamp(int(made), now.tzinfo) < LIFE else None


def _mac(secret: bytes, token: str, body: bytes) -> bytes:
    return hmac.new(secret, b"preferences:" + token.encode() + b":" + body, hashlib.sha256).digest()
