"""Pure: whether a request that changes something came from a page of ours, shown to the same session."""

import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import urlsplit

HEADER = "x-csrf-token"
FIELD = "csrf"


def token_for(secret: bytes, session_digest: bytes) -> str:
    """What a page of this session carries; it proves nothing for any other."""
    return hmac.new(secret, b"console-csrf:" + session_digest, hashlib.sha256).hexdigest()


def is_token(secret: bytes, session_digest: bytes, shown: str) -> bool:
    return hmac.compare_digest(token_for(secret, session_digest).encode(), shown.encode())


def is_from_here(headers: Mapping[str, str], base_url: str) -> bool:
    """Whether the browser says that our own page asks: by Origin, else by Sec-Fetch-Site. No word is a no."""
    origin = headers.get("origin")
    if origin is None:
        return headers.get("sec-fetch-site") == "same-origin"
    parts = urlsplit(origin)
    return parts.scheme in {"http", "https"} and parts.netloc in {headers.get("host", ""), urlsplit(base_url).netloc}
