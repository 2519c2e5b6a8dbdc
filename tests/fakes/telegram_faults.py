"""Ways a call to the Bot API goes wrong, to be scripted one call at a time."""

from dataclasses import dataclass

from tests.fakes.telegram_rules import Refusal, flood

_HTML = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"


@dataclass(frozen=True)
class Fault:
    """What happens to one call. `carried_out` says whether Telegram did what was asked, answer or no answer."""

    carried_out: bool
    drops: bool = False
    slow: float = 0.0
    refusal: Refusal | None = None
    status: int = 200
    body: str = ""
    content_type: str = "application/json"


def accepted_but_dropped() -> Fault:
    """The message is out, the answer is lost."""
    return Fault(carried_out=True, drops=True)


def dropped() -> Fault:
    """The connection breaks before Telegram has read the call."""
    return Fault(carried_out=False, drops=True)


def slow(seconds: float) -> Fault:
    """The message is out, the answer takes its time."""
    return Fault(carried_out=True, slow=seconds)


def broken_json() -> Fault:
    """The message is out, the answer is cut off."""
    return Fault(carried_out=True, body='{"ok": true, "result": {"mess')


def html_page(status: int = 502) -> Fault:
    """A gateway answers in Telegram's place."""
    return Fault(carried_out=False, status=status, body=_HTML, content_type="text/html")


def flooded(retry_after: int) -> Fault:
    """HTTP 429 with the seconds in the body and in the header."""
    return Fault(carried_out=False, refusal=flood(retry_after))


def refused(code: int, description: str) -> Fault:
    """Any other ``ok: false``."""
    return Fault(carried_out=False, refusal=Refusal(code, description))
