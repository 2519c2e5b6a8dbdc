"""Web chat: our own channel. What is sent is readable in our own store, so sending twice does no harm."""

from collections.abc import Mapping
from typing import Any

from bot.channels.base import (
    Capabilities,
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

MAX_TEXT = 4000
KINDS = {"text": InboundKind.MESSAGE, "payload": InboundKind.BUTTON, "start": InboundKind.START}


class WebChat:
    """Events: ``{"visitor", "client_message_id", "text" | "payload" | "start"}``, the visitor known at the door.

    A ``language`` may come along. With ``"file": {"digest", "name"}``, kept at the door too, the text may be left out.
    """

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
        read_on_return=True,
    )

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        """Nothing to do: the token is checked at the door, before there is a visitor (`bot.web.webchat`)."""

    def parse(self, event: Mapping[str, Any]) -> Inbound:
        visitor, key = _text(event, "visitor"), _text(event, "client_message_id")
        if not visitor or not key:
            raise Malformed("visitor and client_message_id must be there")
        if "file" in event:
            return self._with_file(event, visitor, key)
        said = {kind: told for name, kind in KINDS.items() if (told := _text(event, name))}
        if len(said) != 1:
            raise Malformed("one of text, payload and start must be there")
        ((kind, told),) = said.items()
        return Inbound(
            key=f"{visitor}:{key}",
            kind=kind,
            address=visitor,
            raw=dict(event),
            text=told if kind is InboundKind.MESSAGE else "",
            choice_id="" if kind is InboundKind.MESSAGE else told,
            language_hint=_text(event, "language"),
        )

    def _with_file(self, event: Mapping[str, Any], visitor: str, key: str) -> Inbound:
        file = event["file"]
        if not isinstance(file, Mapping) or not _text(file, "digest"):
            raise Malformed("file must be an object with a digest")
        return Inbound(
            key=f"{visitor}:{key}",
            kind=InboundKind.MEDIA,
            address=visitor,
            raw=dict(event),
            text=_text(event, "text"),
            media=(Media(_text(file, "digest"), name=_text(file, "name")),),
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
