"""What is said once on the next page: after a form was sent, in a signed cookie."""

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import asdict, dataclass, field
from typing import Any

COOKIE = "careloop_said"
LONGEST = 1500


@dataclass(frozen=True)
class Said:
    """A text by its key with its values; `tone` is ``ok``, ``warn`` or ``bad``."""

    key: str
    values: dict[str, Any] = field(default_factory=dict)
    tone: str = "ok"


def sealed(secret: bytes, said: Said) -> str:
    """A cookie's value; empty when it would be too long."""
    body = json.dumps(asdict(said), ensure_ascii=True, separators=(",", ":")).encode()
    value = base64.urlsafe_b64encode(_mac(secret, body) + body).decode()
    return value if len(value) <= LONGEST else ""


def opened(secret: bytes, cookie: str) -> Said | None:
    """None for anything that is not ours."""
    try:
        raw = base64.urlsafe_b64decode(cookie.encode("ascii"))
    except (ValueError, binascii.Error):
        return None
    if not hmac.compare_digest(raw[:32], _mac(secret, raw[32:])):
        return None
    return Said(**json.loads(raw[32:]))


def _mac(secret: bytes, body: bytes) -> bytes:
    return hmac.new(secret, b"console-said:" + body, hashlib.sha256).digest()
