"""A letter: a touch on its way out, with everything its sender has to know, and what becomes of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crm_store.planning.touches import TouchState
from crm_store.talks.outbox import OutState


@dataclass(frozen=True)
class Letter:
    """Claimed, in the outbox, not yet handed over. `id`: its row there. It is a message once it has ended.

    `seen`: the marks and the time of reading of the person's standing when it was decided. `tries` counts this one.
    `held`: a person has the conversation, and may be looking at it.
    """

    id: int
    conversation_id: int
    identity_id: int
    occurrence_id: int
    customer_id: int
    campaign_id: int
    purpose: str
    address: str
    body: dict[str, Any]
    decided_at: datetime
    expires_at: datetime
    seen: dict[str, Any]
    tries: int = 1
    held: bool = False


@dataclass(frozen=True)
class Ending:
    """How the try of one letter ended: what becomes of its row, and of its touch. `due_at`: decided again then."""

    outbox_id: int
    state: OutState
    result: str
    touch: TouchState
    provider_id: str | None = None
    detail: str | None = None
    due_at: datetime | None = None
