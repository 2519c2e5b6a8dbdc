"""A channel without a provider: it keeps in memory what would have been sent. For tests, and for a start without a bot.

Its events are JSON objects: ``{"key": "1", "address": "anna", "kind": "message", "text": "Hello", "choice_id": ""}``.
A file somebody sent is ``"media": [{"ref": "f1", "name": "cup.jpg"}]``; its bytes lie in `files`.
"""

import hmac
from collections import deque
from collections.abc import Mapping
from typing import Any

from bot.channels.base import (
    Capabilities,
    Contact,
    Fetched,
    FetchEnd,
    Forged,
    Idempotency,
    Inbound,
    InboundKind,
    Malformed,
    Media,
    Outbound,
    Rendered,
    Result,
    SendResult,
    Verdict,
)

SECRET_HEADER = "x-recording-secret"
CAPABILITIES = Capabilities(
    max_text=4096,
    max_choices=10,
    choice_label_max=64,
    idempotency=Idempotency.NONE,
    rate=1000.0,
    rate_per_address=100.0,
    contact_request=True,
)


class RecordingChannel:
    """Accepts everything unless told otherwise; the oldest of more than `kept` messages are forgotten."""

    def __init__(self, name: str = "recording", account: str = "local", secret: str = "", kept: int = 10_000) -> None:
        self.name = name
        self.account = account
        self.capabilities = CAPABILITIES
        self.files: dict[str, bytes] = {}
        self.fetches: deque[Fetched] = deque()
        self.sent: deque[Mapping[str, Any]] = deque(maxlen=kept)
        self._secret = secret.encode()
        self._next_results: deque[SendResult] = deque()
        self._sends = 0

    def answer_next(self, *results: SendResult) -> None:
        """The next sends end with these, in order; later ones are accepted again."""
        self._next_results.extend(results)

    def texts_to(self, address: str) -> list[str]:
        """What was accepted for an address, oldest first."""
        return [payload["text"] for payload in self.sent if payload["address"] == address]

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        given = next((value for name, value in headers.items() if name.lower() == SECRET_HEADER), "")
        if not self._secret or not hmac.compare_digest(given.encode("utf-8", "surrogatepass"), self._secret):
            raise Forged("the secret does not fit")

    def parse(self, event: Mapping[str, Any]) -> Inbound | None:
        kind = _text(event, "kind", InboundKind.MESSAGE)
        if kind not in list(InboundKind):
            return None
        return Inbound(
            key=_required(event, "key"),
            kind=InboundKind(kind),
            address=_required(event, "address"),
            raw=dict(event),
            text=_text(event, "text"),
            choice_id=_text(event, "choice_id"),
            contact=Contact(_text(event, "phone"), is_own=event.get("is_own") is True) if "phone" in event else None,
            media=tuple(_media(each) for each in _list(event, "media")),
            display_name=_text(event, "display_name"),
            language_hint=_text(event, "language_hint"),
        )

    def check(self, message: Outbound, reachability: str) -> Verdict:
        if reachability != "ok":
            return Verdict.UNREACHABLE
        return Verdict.TOO_LONG if len(message.text) > self.capabilities.max_text else Verdict.ALLOWED

    def render(self, message: Outbound) -> Rendered:
        limits = self.capabilities
        choices = [
            {"id": choice.id, "label": choice.label[: limits.choice_label_max]}
            for choice in message.choices[: limits.max_choices]
        ]
        findings = {
            "truncated": len(message.text) > limits.max_text,
            "choices_cut": [choice["label"] for choice in choices] != [choice.label for choice in message.choices],
        }
        payload = {
            "outbox_id": message.outbox_id,
            "address": message.address,
            "text": message.text[: limits.max_text],
            "choices": choices,
            "asks_contact": message.asks_contact,
            "language": message.language,
        }
        return Rendered(payload, tuple(name for name, found in findings.items() if found))

    async def send(self, rendered: Rendered) -> SendResult:
        if self._next_results:
            result = self._next_results.popleft()
            if result.result is not Result.ACCEPTED:
                return result
        self._sends += 1
        self.sent.append(rendered.payload)
        return SendResult(Result.ACCEPTED, provider_id=str(self._sends))

    async def fetch(self, provider_ref: str, most: int) -> Fetched:
        """What `fetches` scripts, in order; then the bytes in `files`."""
        if self.fetches:
            return self.fetches.popleft()
        content = self.files.get(provider_ref)
        if content is None:
            return Fetched(FetchEnd.RETRY, detail="no such file yet")
        return Fetched(FetchEnd.TOO_LARGE) if len(content) > most else Fetched(FetchEnd.FETCHED, content)


def _text(event: Mapping[str, Any], name: str, default: str = "") -> str:
    value = event.get(name, default)
    if not isinstance(value, str):
        raise Malformed(f"{name} must be text")
    return value


def _required(event: Mapping[str, Any], name: str) -> str:
    value = _text(event, name)
    if not value:
        raise Malformed(f"{name} must not be empty")
    return value


def _list(event: Mapping[str, Any], name: str) -> list[Any]:
    value = event.get(name, [])
    if not isinstance(value, list):
        raise Malformed(f"{name} must be a list")
    return value


def _media(given: object) -> Media:
    if not isinstance(given, Mapping):
        raise Malformed("media must hold objects")
    return Media(_required(given, "ref"), name=_text(given, "name"))
