"""Showing a kept file to a browser: it can be looked at or saved, and nothing in it ever runs in our name."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from bot.files.vault import Vault
from crm_store.cases.attachments import Attachment

LOOKED_AT = ("image/", "video/", "audio/")
"""What a browser may show by itself; everything else is saved."""
POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"


@dataclass(frozen=True)
class Shown:
    """For ``FileResponse(shown.path, media_type=shown.media_type, headers=dict(shown.headers))``."""

    path: Path
    media_type: str
    headers: Mapping[str, str]


def shown(vault: Vault, attachment: Attachment, to_save: bool = False) -> Shown:
    """The bytes of a KEPT attachment with the headers they may go out with. Raises `FileMissing`."""
    media_type = attachment.media_type
    looked_at = media_type.startswith(LOOKED_AT) and not to_save
    headers = {
        "Content-Disposition": f"{'inline' if looked_at else 'attachment'}; {_named(attachment.name)}",
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "private, no-store",
    }
    return Shown(vault.path(attachment.digest), media_type, headers)


def _named(name: str) -> str:
    """Both spellings of RFC 6266: plain ASCII for old readers, UTF-8 for the others."""
    plain = "".join(
        letter if letter.isascii() and letter.isprintable() and letter not in '"\\%' else "_" for letter in name
    )
    return f"filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
