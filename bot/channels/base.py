"""What every channel is to the rest of the house: events in, messages out, and a closed list of how a send can end.

A provider's payload never travels past the channel that knows it, and a channel knows no customer, no consent and no
language.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable


class InboundKind(StrEnum):
    """What happened on the other side."""

    MESSAGE = "message"
    BUTTON = "button"
    START = "start"
    CONTACT = "contact"
    MEDIA = "media"
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True)
class Contact:
    """A phone number shared as a card. `is_own` only if the platform itself vouches that it is the sender's."""

    phone: str
    is_own: bool


@dataclass(frozen=True)
class Media:
    """A file somebody sent, as they announce it: nothing of it is believed but `provider_ref`, which fetches it.

    `size` in bytes, 0 when it is not told.
    """

    provider_ref: str
    media_type: str = ""
    name: str = ""
    size: int = 0


@dataclass(frozen=True)
class Inbound:
    """One event as a channel reads it.

    `key` is unique for the channel account and the same on every redelivery. `address` is the provider's immutable id
    of the sender. `choice_id` is the id of a pressed quick reply, or the payload of a start. `raw` is the whole event.
    `quoted` is the provider's id of the message it replies to, where the sender picked one.
    """

    key: str
    kind: InboundKind
    address: str
    raw: dict[str, Any]
    text: str = ""
    choice_id: str = ""
    contact: Contact | None = None
    media: tuple[Media, ...] = ()
    display_name: str = ""
    language_hint: str = ""
    sent_at: datetime | None = None
    quoted: str = ""


@dataclass(frozen=True)
class Choice:
    """A quick reply: what is shown, and the id that comes back. The id means nothing outside our store."""

    id: str
    label: str


@dataclass(frozen=True)
class Outbound:
    """One message to one address. `asks_contact` wants the shopper's own phone card, where there is such a thing.

    `preferences_link`: the shopper's own page; a channel whose clients have a button for leaving tells them of it.
    """

    outbox_id: int
    address: str
    text: str
    choices: tuple[Choice, ...] = ()
    asks_contact: str = ""
    subject: str = ""
    language: str = "en"
    preferences_link: str = ""


class Idempotency(StrEnum):
    """Whether the same send twice does harm: NATIVE is safe to repeat."""

    NATIVE = "native"
    NONE = "none"


@dataclass(frozen=True)
class Capabilities:
    """A channel's limits as data; the numbers are the provider's and cited where they are set.

    `max_text` counts characters; `rate` is messages per second for the whole account, `rate_per_address` for one chat.
    `window_hours`: free text is taken only so long after the shopper's last message; None where it always is.
    `read_on_return`: nothing tells the shopper of it until they look again.
    """

    max_text: int
    max_choices: int
    choice_label_max: int
    idempotency: Idempotency
    rate: float
    rate_per_address: float
    receipts: frozenset[str] = field(default_factory=frozenset)
    typing: bool = False
    contact_request: bool = False
    window_hours: int | None = None
    read_on_return: bool = False


class Result(StrEnum):
    """Every way a send can end. Nothing else exists."""

    ACCEPTED = "accepted"
    RETRY_AT = "retry_at"
    UNKNOWN = "unknown"
    GONE = "gone"
    OPTED_OUT = "opted_out"
    WINDOW_CLOSED = "window_closed"
    REJECTED = "rejected"
    QUOTA = "quota"
    CONFIG = "config"


@dataclass(frozen=True)
class SendResult:
    """How one send ended.

    `retry_after` in seconds with RETRY_AT and QUOTA; `whole_account` when the provider asked the account, not the chat,
    to wait. `detail` is for staff: plain, without tokens or message text.
    """

    result: Result
    provider_id: str = ""
    retry_after: float = 0.0
    whole_account: bool = False
    detail: str = ""


class Verdict(StrEnum):
    """Whether a message may go as it is, before anything is sent."""

    ALLOWED = "allowed"
    UNREACHABLE = "unreachable"
    TOO_LONG = "too_long"


class Forged(Exception):
    """The request does not prove that it comes from the provider. Nothing of it is kept."""


class Malformed(Exception):
    """The provider's event cannot be read; the message says which field. It is quarantined, never lost."""


@dataclass(frozen=True)
class Rendered:
    """What goes to the provider, and what had to change to fit: `truncated`, `choices_as_text`, `choices_cut`."""

    payload: Mapping[str, Any]
    findings: tuple[str, ...] = ()


class Channel(Protocol):
    """Five things, and every channel has just these. Checked by one contract test over all channels."""

    @property
    def name(self) -> str:
        """The channel, e.g. ``telegram``."""
        ...

    @property
    def account(self) -> str:
        """Which bot, number or mailbox; stable over restarts and token changes."""
        ...

    @property
    def capabilities(self) -> Capabilities: ...

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        """Raise `Forged` unless the provider's proof fits the raw bytes; without a secret everything is forged."""
        ...

    def parse(self, event: Mapping[str, Any]) -> Inbound | None:
        """Read one provider event; None for what we do not take part in (groups, edits). Raises `Malformed`."""
        ...

    def check(self, message: Outbound, reachability: str) -> Verdict:
        """Pure: whether the message may go to an address with this reachability (`ok`, `blocked`, `bounced`)."""
        ...

    def render(self, message: Outbound) -> Rendered:
        """Pure: the provider's payload within the provider's limits."""
        ...

    async def send(self, rendered: Rendered) -> SendResult:
        """Exactly one provider call: never retries, never sleeps, never raises."""
        ...


class FetchEnd(StrEnum):
    """Every way a fetch can end. RETRY may be this file's fault; WAIT is not: the account is halted or told to wait."""

    FETCHED = "fetched"
    RETRY = "retry"
    WAIT = "wait"
    TOO_LARGE = "too_large"
    GONE = "gone"


@dataclass(frozen=True)
class Fetched:
    """How one fetch ended. `retry_after` in seconds with WAIT. `detail` is for staff, without tokens."""

    end: FetchEnd
    content: bytes = b""
    retry_after: float = 0.0
    detail: str = ""


@runtime_checkable
class FetchesFiles(Protocol):
    """What a channel also is whose provider keeps the files until they are asked for."""

    async def fetch(self, provider_ref: str, most: int) -> Fetched:
        """The bytes behind a `Media`, no more than `most` of them; one try, never raises."""
        ...


def lane_of(channel: str, account: str) -> str:
    """The name of a channel account's lane."""
    return f"{channel}:{account}"
