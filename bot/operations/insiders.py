"""Who may look inside: requests from this machine itself, or with the operator's token."""

import hmac
from ipaddress import ip_address

from fastapi import Request

FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
"""A proxy on this machine sets one of these for somebody who is elsewhere."""


class Insiders:
    """With an empty `token` nobody from elsewhere is let in."""

    def __init__(self, token: str = "") -> None:
        self._expected = f"Bearer {token}".encode() if token else b""

    def admit(self, request: Request) -> bool:
        return _is_local(request) or self._shows_token(request)

    def _shows_token(self, request: Request) -> bool:
        shown = request.headers.get("authorization", "").encode("latin-1")
        return bool(self._expected) and hmac.compare_digest(shown, self._expected)


def _is_local(request: Request) -> bool:
    if request.client is None or any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ip_address(request.client.host).is_loopback
    except ValueError:
        return False
