"""Shoppers who write at a rate: half of them to a person, which two hundred pages show, half of them to the bot."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import aiohttp
import psycopg

from benchmarks._crowd import plain
from benchmarks._shopper import Shopper

GROUP = 8
LINES = ["hello", "do you have an air fryer", "how do returns work", "where are your stores", "thanks", "怎么退货"]

_TO_A_PERSON = """
    with held as (
        update conversations v set control = 'person', control_version = 2,
               holder_id = (select min(id) from staff where login like 'crowd%%')
         where v.id = any(%(talks)s) returning v.id, v.identity_id, v.language
    ), opened as (
        insert into complaints (number, identity_id, category, what_happened, wanted, severity, language, state, urgent,
                                opened_at, changed_at, next_due_at)
        select 'C' || nextval('complaint_numbers'), identity_id, 'delivery', 'My parcel has not come.', '', 'normal',
               language, 'received', true, now(), now(), now() + interval '4 hours' from held
        returning id, identity_id, opened_at
    ), linked as (
        insert into complaint_conversations (complaint_id, conversation_id)
        select opened.id, held.id from opened join held using (identity_id)
    )
    insert into complaint_events (complaint_id, at, kind, "by", detail)
    select id, opened_at, 'opened', 'shopper', '{}' from opened
"""


# A folder that is kept still has the urgent cases of the runs before, which stand above those of this one.
_AS_IF_NEVER = """
    with before as (
        update complaints set urgent = false, state = 'closed', closed_at = now(), next_due_at = null,
               changed_at = now()
         where urgent and closed_at is null and number like 'C%%' and what_happened = 'My parcel has not come.'
        returning id
    )
    update conversations v set control = 'bot', control_version = control_version + 1, holder_id = null
      from before b join complaint_conversations n on n.complaint_id = b.id where v.id = n.conversation_id
"""


@dataclass
class Sent:
    """One message: of which shopper, which process took it, when it was posted and when stored (answered 202)."""

    mark: str
    shopper: int
    place: int
    posted: float
    stored: float


@dataclass
class Said:
    """Messages to a person; milliseconds until the bot's replies were readable and until messages were stored."""

    to_person: list[Sent] = field(default_factory=list)
    replies: list[float] = field(default_factory=list)
    stored: list[float] = field(default_factory=list)


@dataclass
class Crowd:
    """Shoppers of both kinds who have arrived; each writes to one process, then to the other."""

    held: list[list[Shopper]]
    free: list[Shopper]

    @property
    def talk(self) -> int:
        """The conversation that ten of the staff look at."""
        return self.held[0][0].conversation_id


async def gather_crowd(http: aiohttp.ClientSession, urls: Sequence[str], database: str) -> Crowd:
    crowd = Crowd([], [])
    with psycopg.connect(plain(database)) as connection:
        connection.execute(_AS_IF_NEVER)
    for number in range(GROUP):
        here, there = Shopper(http, urls[number % 2]), Shopper(http, urls[1 - number % 2])
        await here.arrive()
        there._headers, there.conversation_id = here._headers, here.conversation_id
        await here.say("hello")
        await here.hear()
        crowd.held.append([here, there] if number % 2 == 0 else [there, here])
        guest = Shopper(http, urls[number % 2])
        await guest.arrive()
        crowd.free.append(guest)
    with psycopg.connect(plain(database)) as connection:
        connection.execute(_TO_A_PERSON, {"talks": [both[0].conversation_id for both in crowd.held]})
    return crowd


async def write(crowd: Crowd, rate: float, seconds: float, begin: int = 0) -> Said:
    """`rate` messages a second together, whatever becomes of them."""
    said, started = Said(), time.monotonic()
    under_way: set[asyncio.Task[None]] = set()
    for number in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, started + number / rate - time.monotonic()))
        turn = number // 2
        work = _to_person(crowd, begin + turn, said) if number % 2 else _to_bot(crowd, turn, said)
        under_way.add(asyncio.create_task(work))
    await asyncio.gather(*under_way)
    return said


async def _to_person(crowd: Crowd, number: int, said: Said) -> None:
    place = number // GROUP % 2 ^ number % 2
    shopper = crowd.held[number % GROUP][place]
    mark, posted = f"zq{number:012}", time.monotonic()
    await shopper.say(f"{mark} has anybody found out where my parcel is?")
    stored = time.monotonic()
    said.stored.append((stored - posted) * 1000)
    said.to_person.append(Sent(mark, number % GROUP, place, posted, stored))


async def _to_bot(crowd: Crowd, number: int, said: Said) -> None:
    posted = time.monotonic()
    shopper = crowd.free[number % GROUP]
    await shopper.say(LINES[number % len(LINES)])
    said.stored.append((time.monotonic() - posted) * 1000)
    await shopper.hear()
    said.replies.append((time.monotonic() - posted) * 1000)
