"""The letters in the demo's Maildir folder, read for the page that shows them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from bot.demo.mailbox import RECIPIENT

MOST = 100
"""How many letters are looked at, newest first."""
LONGEST = 1_000_000


@dataclass(frozen=True)
class Letter:
    """`to` are the recipients of the envelope, separated by commas; `at` is when it came."""

    to: str
    subject: str
    text: str
    at: datetime


def letters(folder: Path, to: str = "") -> list[Letter]:
    """Newest first; only those for the address `to`, in any case, when it is given."""
    files = [path for place in ("new", "cur") for path in (folder / place).glob("*") if path.is_file()]
    newest = sorted(files, key=lambda path: (path.stat().st_mtime_ns, path.name), reverse=True)
    found = (_read(path) for path in newest[:MOST])
    wanted = to.strip().casefold()
    return [each for each in found if not wanted or wanted in each.to.casefold().split(", ")]


def _read(path: Path) -> Letter:
    message = message_from_bytes(path.read_bytes()[:LONGEST], _class=EmailMessage, policy=default)
    recipients = [str(value) for value in message.get_all(RECIPIENT, [])]
    at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return Letter(", ".join(recipients), str(message.get("Subject", "")), _text(message), at)


def _text(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    raw = part.get_payload(decode=True) if part else b""
    if not isinstance(raw, bytes):
        return ""
    try:
        text = raw.decode(part.get_content_charset("utf-8") if part else "utf-8", "replace")
    except (LookupError, ValueError):  # a character set that is none
        text = raw.decode("utf-8", "replace")
    return text.replace("\r\n", "\n").strip("\n")
