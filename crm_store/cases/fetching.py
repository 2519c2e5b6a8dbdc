"""Attachments that are still at the provider: who fetches which, when it is tried again, and how it ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ARRAY, String, bindparam, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.cases.attachments import Attachment, AttachmentState, KeptFile

_CLAIM = text(
    """
    update attachments a set tries = tries + 1, retry_at = :until
      from conversations c
     where c.id = a.conversation_id
       and a.id in (select w.id
                      from attachments w join conversations o on o.id = w.conversation_id
                     where w.state = 'waiting' and (w.retry_at is null or w.retry_at <= :now)
                       and o.channel || ':' || o.account = any(:lanes)
                     order by w.id limit :most
                       for update of w skip locked)
    returning a.id, a.conversation_id, c.channel || ':' || c.account as lane, a.provider_ref, a.name, a.tries
    """
).bindparams(bindparam("lanes", type_=ARRAY(String)))


@dataclass(frozen=True)
class Errand:
    """One attachment to fetch. `tries` counts this one; `lane` says by which channel account."""

    id: int
    conversation_id: int
    lane: str
    provider_ref: str
    name: str
    tries: int


class Fetching:
    """Reads and writes of attachments on their way, inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def claim(self, lanes: Sequence[str], now: datetime, until: datetime, most: int) -> list[Errand]:
        """Take errands that nobody is on; whoever has not ended one at `until` is thought dead, and others take it."""
        rows = await self._session.execute(_CLAIM, {"lanes": list(lanes), "now": now, "until": until, "most": most})
        return [Errand(**row._mapping) for row in rows]

    async def kept(self, attachment_id: int, file: KeptFile) -> Attachment | None:
        """The bytes lie in the vault; None when it has ended before."""
        return await self._ended(attachment_id, {"state": AttachmentState.KEPT, "reason": "", **vars(file)})

    async def not_kept(self, attachment_id: int, state: AttachmentState, reason: str) -> Attachment | None:
        """REFUSED or LOST, for good; None when it has ended before."""
        return await self._ended(attachment_id, {"state": state, "reason": reason})

    async def later(self, attachment_id: int, retry_at: datetime, reason: str, counts: bool = True) -> None:
        """Try again then; a try that `counts` not was not the file's fault."""
        await self._session.execute(
            update(Attachment)
            .where(Attachment.id == attachment_id, Attachment.state == AttachmentState.WAITING)
            .values(retry_at=retry_at, reason=reason[:200], tries=Attachment.tries - (0 if counts else 1))
        )

    async def ended_alike(self, attachment: Attachment, since: datetime) -> bool:
        """Whether another one of the conversation that came after `since` has ended for the same reason."""
        others = select(func.count()).where(
            Attachment.conversation_id == attachment.conversation_id,
            Attachment.id != attachment.id,
            Attachment.state == attachment.state,
            Attachment.reason == attachment.reason,
            Attachment.at >= since,
        )
        return bool(await self._session.scalar(others))

    async def _ended(self, attachment_id: int, values: dict[str, object]) -> Attachment | None:
        return await self._session.scalar(
            update(Attachment)
            .where(Attachment.id == attachment_id, Attachment.state == AttachmentState.WAITING)
            .values(retry_at=None, **values)
            .returning(Attachment)
        )
