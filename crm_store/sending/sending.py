"""Sending what nobody asked for: what is due in a lane, claimed, looked at once more, and settled."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.answers.contexts import NewContext, TouchContexts
from crm_store.planning.touches import TouchState
from crm_store.sending.adrift import Adrift, adrift, held_unknown, unknown
from crm_store.sending.claim import Claim, TraceIds, ValuesOf
from crm_store.sending.drafting import Sender
from crm_store.sending.due import Due, due, shares
from crm_store.sending.ending import end, offer
from crm_store.sending.letter import Ending, Letter
from crm_store.sending.looking import NotNow, give_back, look
from crm_store.talks.outbox import OutState

_JUST_SENT = text(
    """
    select count(*) from attempts a join outbox_messages o on o.id = a.outbox_id
     where a.id > (select coalesce(max(id), 0) - 100000 from attempts) and o.lane = :lane
       and coalesce(a.ended_at, :now) > :since
    """
)

_OUT = (TouchState.SENT, TouchState.UNKNOWN)

_OPTED_OUT = text(
    """
    insert into consent_entries (customer_id, identity_id, purpose, channel, granted, at, source, question,
                                 question_version, answer, interaction_id)
    select coalesce(i.customer_id, a.customer_id), c.identity_id, 'promotion', :channel, false, :now, 'provider', '',
           '', '', o.interaction_id
      from outbox_messages o
      join conversations c on c.id = o.conversation_id
      join channel_identities a on a.id = c.identity_id
      left join interactions i on i.id = o.interaction_id
     where o.id = any(:ids)
    on conflict do nothing
    """
)


class Sending:
    """Reads and writes of touches on their way out, inside one transaction."""

    def __init__(
        self, session: AsyncSession, values: ValuesOf, traces: TraceIds, nudge: Callable[[str, int], None]
    ) -> None:
        self._session = session
        self._values = values
        self._traces = traces
        self._nudge = nudge

    async def due(self, lane: str, now: datetime, most: int) -> list[Due]:
        """Occurrences of running campaigns with touches due in the lane, the best rank first."""
        return await due(self._session, lane, now, most)

    async def claim(
        self, lane: str, now: datetime, limit: int, sender: Sender, wanted: dict[int, int] | None = None
    ) -> list[Letter]:
        """Decide due touches again and give those that go, written down and in SENDING; to be looked at before sending.

        `wanted`: how many of which occurrence, in this order; else by rank, up to `limit`. Touches that go by another
        lane now are left to it.
        """
        if wanted is None:
            wanted = shares(await self.due(lane, now, limit), limit, {})
        if not wanted:
            return []
        claimed = await Claim(self._session, self._values, self._traces).make(lane, wanted, sender, now)
        if claimed.elsewhere:
            self._nudge("care", 0)
        return claimed.letters

    async def look(self, lane: str, letters: Sequence[Letter], now: datetime) -> dict[int, NotNow]:
        """The last look before handing over: writes the intent of those that go; the others go back, with the reason.

        What was said or moved until now is seen; after this, `doubted` tells.
        """
        not_now = await look(self._session, lane, list(letters), now)
        await give_back(self._session, list(not_now))
        return not_now

    async def doubted(self, lane: str, letters: Sequence[Letter], now: datetime) -> dict[int, NotNow]:
        """Of letters looked at before and not handed over yet: those that may not go any more. Writes nothing."""
        return await look(self._session, lane, list(letters), now, intent=False)

    async def give_back(self, letters: Sequence[Letter]) -> None:
        """They were surely not handed over: their touches wait again as if they had not been claimed."""
        await give_back(self._session, [letter.id for letter in letters])

    async def settle(self, ended: Sequence[tuple[Letter, Ending]], now: datetime) -> None:
        """Write how each try ended; whatever may have arrived can be answered from now on."""
        said = await end(self._session, [ending for _, ending in ended], now)
        out = [(letter, said[letter.id]) for letter, ending in ended if ending.touch in _OUT and letter.id in said]
        await TouchContexts(self._session).open([_context(*each) for each in out], now)
        await offer(self._session, [message for letter, message in out if letter.body.get("choices")])

    async def opted_out(self, outbox_ids: Sequence[int], channel: str, now: datetime) -> None:
        """The provider says that whoever got these wants no promotions there: the ledger says so from now on."""
        if outbox_ids:
            await self._session.execute(_OPTED_OUT, {"ids": list(outbox_ids), "channel": channel, "now": now})

    async def just_sent(self, lane: str, now: datetime, within: timedelta) -> int:
        """How many messages this lane may have handed over in the time until now."""
        counted = await self._session.scalar(_JUST_SENT, {"lane": lane, "now": now, "since": now - within})
        return counted or 0

    async def adrift(self, lane: str) -> list[Adrift]:
        """Letters found in SENDING when a lane is taken: the holder before us is gone."""
        return await adrift(self._session, lane)

    async def unknown(self, campaign_id: int, most: int = 200) -> list[Letter]:
        """Letters of which nobody knows whether they arrived, oldest first."""
        return await unknown(self._session, campaign_id, most)

    async def settle_unknown(self, outbox_id: int, arrived: bool, by: str, now: datetime, again: bool = False) -> None:
        """A receipt, or somebody who asked, says what became of it. Raises `NotUnknown`.

        `again`: it surely did not arrive, and is to be decided anew, as if it had not been sent.
        """
        letter = await held_unknown(self._session, outbox_id)
        result, out, touch = "accepted", OutState.SENT, TouchState.SENT
        if not arrived:
            result, out, touch = "rejected", OutState.FAILED, TouchState.WAITING if again else TouchState.FAILED
        ending = Ending(outbox_id, out, result, touch, detail=f"settled by {by}", due_at=now if again else None)
        await self.settle([(letter, ending)], now)
        self._nudge("campaign", letter.campaign_id)
        self._nudge("care", 0)


def _context(letter: Letter, interaction_id: int) -> NewContext:
    return NewContext(
        conversation_id=letter.conversation_id,
        occurrence_id=letter.occurrence_id,
        customer_id=letter.customer_id,
        interaction_id=interaction_id,
        purpose=letter.purpose,
        about=letter.body.get("about", {}),
        asks=letter.body.get("asks", ""),
    )
