"""From what is kept in the outbox to what a channel takes."""

from typing import Any, Protocol

from bot.channels.base import Choice, Outbound


class Kept(Protocol):
    """An outbox row, or a letter."""

    @property
    def id(self) -> int: ...
    @property
    def address(self) -> str: ...
    @property
    def body(self) -> dict[str, Any]: ...


def outbound_of(kept: Kept) -> Outbound:
    """What stays in the house is left out: what choices stand for, what an answer may be about."""
    body = kept.body
    return Outbound(
        outbox_id=kept.id,
        address=kept.address,
        text=str(body["text"]),
        choices=tuple(Choice(choice["id"], choice["label"]) for choice in body.get("choices", [])),
        asks_contact=str(body.get("asks_contact", "")),
        subject=str(body.get("subject", "")),
        language=str(body.get("language", "en")),
        preferences_link=str(body.get("preferences_link", "")),
    )
