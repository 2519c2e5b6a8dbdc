"""Members of the demo shop beside Emma and 林晓梅, each with one thing that is so, as their own doings left it."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from crm_store.campaigns.campaign import Campaign, CampaignState
from crm_store.cases.complaints import Grievance, Opener
from crm_store.crm import Crm
from crm_store.demo.care_people import CarePeople
from crm_store.people.consent import ANY_CHANNEL, Evidence, Purpose, Who
from crm_store.people.customers import Customer
from crm_store.people.preferences import Told
from crm_store.planning.occurrences import Occurrence, OccurrenceState
from crm_store.segments.compile import members
from crm_store.segments.text import from_text
from crm_store.talks.conversations import Conversation
from tests.touching import LEFT, Sent, send

MEANT = "tier in (silver, gold, platinum) and points >= 800 and orders(60 days) >= 2"
"""Whom the promotions are for: some hundred and seventy of two thousand, Emma and 林晓梅 among them."""
EMMA, LIN = 1, 2
ABROAD = "Europe/London"
SEED = 20_240_609

# Of those, who live alone, have said nothing but yes, and can be written to.
_PLAIN = text(
    """
    select c.id, c.name, c.language, c.email, i.id as identity_id
      from customers c join channel_identities i on i.customer_id = c.id and i.channel = 'email'
     where c.id = any(:meant) and c.id > 2 and i.reachability = 'ok' and c.household_id is null
       and c.birth_year_known and c.birth_date < '2005-01-01'
       and not exists (select from preferences p where p.customer_id = c.id)
       and not exists (select from occasions o where o.customer_id = c.id)
       and not exists (select from consent_entries e where e.customer_id = c.id and not e.granted)
       and array['care', 'promotion'] <@ (select array_agg(e.purpose::text) from consent_entries e
                                           where e.customer_id = c.id)
     order by c.id
    """
)


@dataclass(frozen=True)
class Extra:
    """Somebody with a name of the demo's."""

    id: int
    name: str
    language: str
    email: str
    identity_id: int = 0


@dataclass(frozen=True)
class Cast:
    """Of `plain` there is nothing to say; `scorer` has allowed surveys, too."""

    late_riser: Extra
    abroad: Extra
    asks_herself: Extra
    complaining: Extra
    refusing: Extra
    written_to: Extra
    plain: Extra
    scorer: Extra


async def gathered(crm: Crm, account: str, now: datetime) -> Cast:
    """Everybody has the address they registered with, as the demo has it; `account` is the mailbox that writes."""
    await CarePeople(crm.session, now, account, random.Random(SEED)).come()
    await crm.lifecycles.refresh(now)
    meant = await crm.session.scalars(members(from_text(MEANT), now))
    rows = (await crm.session.execute(_PLAIN, {"meant": list(meant)})).all()
    waiting = [Extra(*row) for row in rows]
    cast = Cast(
        late_riser=_next(waiting, "zh"),
        abroad=_next(waiting, "en"),
        asks_herself=_next(waiting, "zh"),
        complaining=_next(waiting, "en"),
        refusing=_next(waiting, "zh"),
        written_to=_next(waiting, "en"),
        plain=_next(waiting, "en"),
        scorer=_next(waiting, "zh"),
    )
    await _Before(crm, account, now).all_of(cast)
    return cast


def _next(waiting: list[Extra], language: str) -> Extra:
    found = next(each for each in waiting if each.language == language)
    waiting.remove(found)
    return found


class _Before:
    """What each of them did before the story begins."""

    def __init__(self, crm: Crm, account: str, now: datetime) -> None:
        self._crm = crm
        self._account = account
        self._now = now

    async def all_of(self, cast: Cast) -> None:
        await self._wishes(cast.late_riser, "hours", {"from": "12:00"}, "中午以后再发")
        await self._wishes(cast.asks_herself, "style", {"style": "pull"}, "别主动发，我会自己问")
        abroad = await self._crm.session.get_one(Customer, cast.abroad.id)
        abroad.time_zone, abroad.time_zone_source = ABROAD, "said"
        await self._says(cast.refusing, Purpose.PROMOTION, granted=False)
        await self._says(cast.scorer, Purpose.SURVEY, granted=True)
        await self._complains(cast.complaining)
        for days in (2, 1):
            await self._was_sent(cast.written_to, self._now - timedelta(days=days))

    async def _wishes(self, who: Extra, kind: str, value: dict[str, Any], words: str) -> None:
        told = Told(words, None, self._now - timedelta(days=9), "page")
        await self._crm.preferences.put(Who(None, who.id), kind, value, told)

    async def _says(self, who: Extra, purpose: Purpose, granted: bool) -> None:
        said = Evidence("page", answer="好的" if granted else "不要")
        choices = [(purpose, ANY_CHANNEL, granted)]
        await self._crm.consent.record(Who(None, who.id), choices, said, self._now - timedelta(days=8))

    async def _complains(self, who: Extra) -> None:
        opener = Opener(who.identity_id, who.id, None, None, "api", f"journey:{who.id}")
        grievance = Grievance("broken", "normal", "The lid does not close.", "another one", None, who.language)
        await self._crm.complaints.open(opener, grievance, self._now - timedelta(hours=20))

    async def _was_sent(self, who: Extra, at: datetime) -> None:
        """A promotion of before, long since out of the house."""
        known = {"identity_id": who.identity_id, "channel": "email", "account": self._account}
        fresh = Conversation(**known, language=who.language, opened_at=at)
        conversation = await self._crm.conversations.open(fresh)
        touch = await send(self._crm, Sent(who.id, conversation.id, at, name=f"News of {at:%d %B}", consent=""))
        await self._crm.session.execute(LEFT)
        occurrence = await self._crm.session.get_one(Occurrence, touch.occurrence_id)
        occurrence.state = OccurrenceState.DONE
        (await self._crm.session.get_one(Campaign, occurrence.campaign_id)).state = CampaignState.DONE
