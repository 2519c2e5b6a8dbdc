"""Links whose token is a number signed by us: kept nowhere, readable by nobody, and of one kind each."""

import base64
import hashlib
import hmac

VERSION = 1
"""Of the tokens' form: a higher one ends every link that is out there."""
_NUMBER, _MAC = 8, 20


def signed(secret: bytes, kind: str, number: int) -> str:
    """39 characters fit for an address. `kind` (``preferences``, ``opt-in``) keeps one kind from opening another."""
    body = bytes([VERSION]) + number.to_bytes(_NUMBER, "big")
    return base64.urlsafe_b64encode(body + _mac(secret, kind, body)).rstrip(b"=").decode()


def number_in(secret: bytes, kind: str, token: str) -> int | None:
    """The number of a token of ours; None for every other text, whatever it is."""
    if len(token) > 64 or not secret:
        return None
    try:
        raw = base64.b64decode(token.encode("ascii") + b"=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return None
    body, mac = raw[: 1 + _NUMBER], raw[1 + _NUMBER :]
    if len(mac) != _MAC or not hmac.compare_digest(mac, _mac(secret, kind, body)) or body[0] != VERSION:
        return None
    # The last sign of a token carries spare bits: only one way of writing it is ours.
    number = int.from_bytes(body[1:], "big")
    return number if hmac.compare_digest(signed(secret, kind, number).encode(), token.encode()) else None


def _mac(secret: bytes, kind: str, body: bytes) -> bytes:
    return hmac.new(secret, b"link:" + kind.encode() + b":" + body, hashlib.sha256).digest()[:_MAC]
