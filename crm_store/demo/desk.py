"""Fills the desk of the demo shop: staff, and sixty complaints of the last thirty days, however far each has come.

Dated from `now` and the same for the same moment; what can be read lies in ``data/desk.yml`` and ``data/stories.yml``.
The clocks are not made up: they are derived from what happened, by the shop's own policies.
"""

import random
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import text

from crm_store.cases.complaints import Complaint
from crm_store.cases.events import ComplaintEvent, Happened
from crm_store.crm import Crm
from crm_store.database import Store
from crm_store.demo.calendar import TIME_ZONE
from crm_store.demo.desk_cast import Buyer, read_cast
from crm_store.demo.desk_file import put_down
from crm_store.demo.desk_people import People
from crm_store.demo.desk_story import Story, Told, said
from crm_store.demo.desk_time import HOUR, moments, opened_at
from crm_store.demo.pages import page
from crm_store.incidents.incidents import Incident
from crm_store.people.identities import ChannelIdentity
from crm_store.people.proof import proved_by_code
from crm_store.promises.defaults import ensure_promises
from crm_store.talks.conversations import Conversation, ConversationEvent

SEED = 20_240_608
CHANNEL, ACCOUNT = "webchat", "shop"
INCIDENT_CASES = 5


async def fill_demo_desk(store: Store, now: datetime, say: Callable[[str], None]) -> None:
    """All of it in one transaction, once, into a filled demo shop; nothing is done where somebody works already."""
    async with store.transaction() as crm:
        if await crm.session.scalar(text("select exists (select from teams)")):
            return
        say("Seating the complaint handlers, with sixty complaints of the last thirty days")
        await ensure_promises(crm, now, TIME_ZONE)
        desk = Desk(crm, now)
        await desk.open()


class Desk:
    """The cases, made one after the other and written table by table."""

    def __init__(self, crm: Crm, now: datetime) -> None:
        self._crm = crm
        self._now = now
        self._rng = random.Random(SEED)  # the same desk every time, on purpose
        self._page: dict[str, Any] = page("stories")
        self._people = People(crm, now)
        self._visitors = 0

    async def open(self) -> None:
        await self._people.come_in()
        self._cast = await read_cast(self._crm.session, self._now, self._rng)
        told = [self._case(*each) for each in await self._planned()]
        talks = [self._talk(place, words) for place, words in enumerate(self._page["talks"])]
        await put_down(self._crm.session, [*told, *talks], self._page["notes"], self._rng)
        cases = [each.case.id for each in told if each.case is not None]
        await self._gather(told)
        await self._crm.clocks.refresh(cases, self._now)
        # What was missed in the past of the sample was owned up to then: a first start writes to nobody.
        await self._crm.session.execute(text("update clocks set told_at = missed_at where missed_at is not null"))

    async def _planned(self) -> list[tuple[str, datetime, dict[str, Any], list[Any]]]:
        """Number, moment, story and steps of each case, the oldest first; the incident's are among the latest."""
        courses = [course for course in self._page["courses"] for _ in range(course["many"])]
        when = sorted(
            ((opened_at(self._now, course["ago"], self._rng), course["steps"]) for course in courses), key=_first
        )
        numbers = await self._crm.session.scalars(
            text("select nextval('complaint_numbers') from generate_series(1, :many)"), {"many": len(when)}
        )
        shared = next(story for story in self._page["stories"] if story.get("incident"))
        self._cast.find_faulty(shared)
        plain = [story for story in self._page["stories"] if not story.get("incident")]
        stories = [plain[place % len(plain)] for place in range(len(when))]
        for place in range(len(when) - 2 * INCIDENT_CASES, len(when), 2):
            stories[place] = shared
        return [(f"C{n}", at, story, steps) for n, (at, steps), story in zip(numbers, when, stories, strict=True)]

    def _case(self, number: str, at: datetime, story: dict[str, Any], steps: list[Any]) -> Told:
        language = self._rng.choices(("en", "zh"), (55, 45))[0]
        buyer = self._cast.whom(story, language, at)
        told = self._met(buyer.customer_id, buyer.name, buyer.language, at)
        told.case = self._complaint(number, story, buyer, at)
        tale = Story(told, story, self._page["lines"], _values(buyer, number))
        tale.go_to(self._people.handler(story["team"], buyer.language))
        tale.begin(at)
        for (step, _), moment in zip(
            steps, moments(at, [hours for _, hours in steps], self._now, self._rng), strict=True
        ):
            getattr(tale, step)(moment)
        return told

    def _complaint(self, number: str, story: dict[str, Any], buyer: Buyer, at: datetime) -> Complaint:
        return Complaint(
            number=number,
            customer_id=buyer.customer_id,
            category=story["category"],
            severity=story.get("severity", "normal"),
            what_happened=f"{story['opening'][buyer.language].format_map(_values(buyer, number))}"
            f" {story['more'][buyer.language]}",
            wanted=story["wanted"],
            cause=story["cause"],
            order_number=buyer.order_number,
            product_sku=buyer.sku,
            store_code=buyer.store_code if story.get("store") else None,
            carrier=buyer.carrier if story.get("carrier") else None,
            language=buyer.language,
            state="received",
            waits_for="us",
            team_id=self._people.teams[story["team"]],
            opened_at=at,
            changed_at=at,
        )

    def _met(self, customer_id: int, name: str, language: str, at: datetime) -> Told:
        """A visitor of the web chat who proved by a code who they are, a little before."""
        self._visitors += 1
        proof = proved_by_code(CHANNEL, at - HOUR)
        identity = ChannelIdentity(
            channel=CHANNEL,
            account=ACCOUNT,
            address=f"demo-{self._visitors:03}",
            customer_id=customer_id,
            display_name=name,
            proof_level=proof.level,
            proof_method=proof.method,
            proved_at=proof.at,
            proof_until=proof.until,
            created_at=at - HOUR,
        )
        talk = {"language": language, "language_source": "guess", "control": "bot", "last_seq": 0}
        return Told(identity, Conversation(channel=CHANNEL, account=ACCOUNT, opened_at=at - HOUR, **talk))

    def _talk(self, place: int, words: dict[str, str]) -> Told:
        """Somebody who asks for a person, without a complaint: two wait, one is with a handler, one is told when."""
        language = ("en", "zh")[place % 2]
        at = self._now - (place + 1) * 0.15 * HOUR
        buyer = self._cast.whom({}, language, at)
        told = self._met(buyer.customer_id, buyer.name, language, at)
        said(told, "shopper", words[language], at)
        told.talk.control = ("waiting", "waiting", "person", "parked")[place % 4]
        told.talk.control_version, told.talk.waiting_since = 1, at if place % 4 != 2 else None
        if told.talk.control == "person":
            told.talk.holder_id = self._people.handler("online", language)
        if told.talk.control == "parked":
            told.talk.parked_until = self._now + 10 * HOUR
        told.turns.append(
            ConversationEvent(at=at, kind="control", before="bot", after=told.talk.control, version=1, by="shopper")
        )
        return told

    async def _gather(self, told: list[Told]) -> None:
        """What shares a fault is one incident."""
        cases = [each.case for each in told if each.case is not None and each.case.product_sku == self._cast.faulty]
        product = next(buyer for buyer in self._cast.buyers if buyer.sku == self._cast.faulty).product["en"]
        latest = cases[-INCIDENT_CASES:]
        incident = Incident(
            shares="product",
            value=self._cast.faulty,
            title=self._page["incident"]["title"].format(product=product),
            owner_id=self._people.supervisor,
            opened_at=self._now - HOUR / 4,
        )
        self._crm.session.add(incident)
        await self._crm.session.flush()
        for case in latest:
            case.incident_id = incident.id
            self._crm.session.add(
                ComplaintEvent(
                    complaint_id=case.id,
                    at=incident.opened_at,
                    kind=Happened.INCIDENT,
                    by="staff",
                    staff_id=self._people.supervisor,
                    detail={"incident": incident.id},
                )
            )


def _first(pair: tuple[datetime, list[Any]]) -> datetime:
    return pair[0]


def _values(buyer: Buyer, number: str) -> dict[str, str]:
    store = (buyer.store or {}).get(buyer.language, "")
    product = buyer.product[buyer.language]
    return {"name": buyer.name, "number": number, "order": buyer.order_number, "product": product, "store": store}
