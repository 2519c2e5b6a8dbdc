"""Web chat: our own channel. What is sent is readable in our own store, so sending twice does no harm."""

from collections.abc import Mapping
from typing import Any

from bot.channels.base import (
    Capabilities,
    Idempotency,
    Inbound,
    InboundKind,
    Malformed,
    Outbound,
    Rendered,
    Result,
    SendResult,
    Verdict,
)

MAX_TEXT = 4000


class WebChat:
    """Events: ``{"visitor", "client_message_id", "text" | "payload", "language"?}``, the visitor known at the door."""

    name = "webchat"
    account = "shop"
    capabilities = Capabilities(
        max_text=MAX_TEXT,
        max_choices=20,
        choice_label_max=80,
        idempotency=Idempotency.NATIVE,
        rate=2000,
        rate_per_address=50,
        receipts=frozenset({"delivered"}),
        typing=True,
    )

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        """Nothing to do: the token is checked at the door, before there is a visitor (`bot.api.webchat`)."""

    def parse(self, event: Mapping[str, Any]) -> Inbound:
        visitor, key = _text(event, "visitor"), _text(event, "client_message_id")
        choice_id, text = _text(event, "payload"), _text(event, "text")
        if not visitor or not key:
            raise Malformed("visitor and client_message_id must be there")
        if bool(choice_id) == bool(text):
            raise Malformed("text or payload must be there, and not both")
        return Inbound(
            key=f"{visitor}:{key}",
            kind=InboundKind.BUTTON if choice_id else InboundKind.MESSAGE,
            address=visitor,
            raw=dict(event),
            text=text,
            choice_id=choice_id,
            language_hint=_text(event, "language"),
        )

    def check(self, message: Outbound, reachability: str) -> Verdict:
        """A thread is always there to be read."""
        return Verdict.ALLOWED

    def render(self, message: Outbound) -> Rendered:
        findings = ("truncated",) if len(message.text) > MAX_TEXT else ()
        return Rendered({"text": message.text[:MAX_TEXT], "outbox_id": message.outbox_id}, findings)

    async def send(self, rendered: Rendered) -> SendResult:
        """The settlement of the outbox row makes the message readable; there is nobody else to tell."""
        return SendResult(Result.ACCEPTED, provider_id=str(rendered.payload["outbox_id"]))


def _text(event: Mapping[str, Any], name: str) -> str:
    value = event.get(name, "")
    if not isinstance(value, str):
        raise Malformed(f"{name} must be a text")
    return value
