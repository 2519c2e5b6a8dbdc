"""A page of the inbox that is put together from what changed is the page that a whole reading gives."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from console.inbox.pages import Pages
from console.inbox.patching import SHOWN
from console.inbox.wanted import Wanted
from console.live.part import Look
from console.live.stamps import Stamps
from crm_store.cases.complaints import Complaint, ComplaintConversation
from crm_store.cases.labels import ComplaintTag, Tag
from crm_store.crm import Crm
from crm_store.database import Store
from crm_store.promises.escalations import Escalation
from crm_store.queue.queue import QueuePage
from crm_store.queue.queue_filter import View
from crm_store.staff.scope import Scope
from crm_store.talks.conversations import Conversation
from tests.store.desk_shop import NONE, NOW, Case, DeskShop, ago

NARROWED = (
    Wanted(View.ALL, channel="webchat"),
    Wanted(View.ALL, channel="telegram"),
    Wanted(View.ALL, category="refund"),
    Wanted(View.ALL, severity="high"),
    Wanted(View.ALL, tag="vip"),
    Wanted(View.CLOSED, severity="high"),
)


class Shop:
    """A shop in which things happen; each change gives the lines it would be signalled for."""

    def __init__(self, crm: Crm, chance: random.Random, cases: list[Case], people: dict[str, list[int]]) -> None:
        self.desk = DeskShop(crm)
        self.session = crm.session
        self.chance = chance
        self.cases = cases
        self.people = people

    async def something(self) -> set[int]:
        self.desk._count = 1000 + 10 * len(self.cases)
        verb = self.chance.choice(
            [self.message, self.case, self.closing, self.merging, self.talk, self.raising, self.arriving, self.tying]
        )
        return await verb(self.chance.choice(self.cases))

    async def message(self, case: Case) -> set[int]:
        await self.desk.said(case, f"words {self.chance.random()}", 0, self.chance.choice(["shopper", "staff"]))
        return {-case.conversation_id}

    async def case(self, case: Case) -> set[int]:
        return await self._set(
            case,
            assignee_id=self.chance.choice([None, *self.people["staff"]]),
            team_id=self.chance.choice([None, *self.people["teams"]]),
            next_due_at=self.chance.choice([None, ago(self.chance.randrange(-900, 900))]),
            urgent=self.chance.random() < 0.2,
            waits_for=self.chance.choice(["us", "shopper"]),
            severity=self.chance.choice(["normal", "high"]),
            category=self.chance.choice(["refund", "delivery"]),
        )

    async def closing(self, case: Case) -> set[int]:
        return await self._set(case, closed_at=self.chance.choice([None, ago(self.chance.randrange(900))]))

    async def merging(self, case: Case) -> set[int]:
        into = self.chance.choice(self.cases).complaint_id
        return await self._set(
            case, merged_into=self.chance.choice([None, into if into != case.complaint_id else None])
        )

    async def talk(self, case: Case) -> set[int]:
        found = await self.session.get_one(Conversation, case.conversation_id)
        found.control = self.chance.choice(["bot", "waiting", "parked", "person", "closed"])
        found.holder_id = self.chance.choice(self.people["staff"]) if found.control == "person" else None
        found.waiting_since = ago(self.chance.randrange(900)) if found.control in ("waiting", "parked") else None
        found.team_id = self.chance.choice([None, None, *self.people["teams"]])
        return {-case.conversation_id}

    async def raising(self, case: Case) -> set[int]:
        key, role = f"x{self.chance.random()}", "handler"
        self.session.add(
            Escalation(key=key, cause="missed", complaint_id=case.complaint_id, role=role, raised_at=NOW, level=2)
        )
        if await self.session.get(ComplaintTag, (case.complaint_id, self.people["tags"][0])) is None:
            self.session.add(ComplaintTag(complaint_id=case.complaint_id, tag_id=self.people["tags"][0]))
        return {case.complaint_id}

    async def arriving(self, case: Case) -> set[int]:
        """A new case, of somebody new or in a conversation there is."""
        if self.chance.random() < 0.5:
            case = await self.desk.talk(f"new {self.chance.random()}", channel=self.chance.choice(["webchat", "email"]))
        made = await self.desk.case_in(case, next_due_at=ago(self.chance.randrange(-900, 0)), category="refund")
        self.cases.append(made)
        return {made.complaint_id}

    async def tying(self, case: Case) -> set[int]:
        other = self.chance.choice(self.cases).conversation_id
        if await self.session.get(ComplaintConversation, (case.complaint_id, other)) is None:
            self.session.add(ComplaintConversation(complaint_id=case.complaint_id, conversation_id=other))
        return {case.complaint_id}

    async def _set(self, case: Case, **columns: Any) -> set[int]:
        found = await self.session.get_one(Complaint, case.complaint_id)
        for name, value in columns.items():
            setattr(found, name, value)
        return {case.complaint_id}


async def furnished(crm: Crm, chance: random.Random, many: int) -> tuple[Shop, list[Scope]]:
    desk = DeskShop(crm)
    teams = [await desk.team("north"), await desk.team("south")]
    mei = await desk.staff("mei", "handler", teams[0])
    tom = await desk.staff("tom", "handler", *teams)
    new = await desk.staff("new", "handler")
    eve = await desk.staff("eve", "supervisor", teams[1])
    tag = Tag(code="vip", name={"en": "VIP", "zh": "贵宾"}, colour="brass")
    await desk.add(tag)
    cases = [await desk.case(f"p{place}", next_due_at=ago(-place)) for place in range(many)]
    cases += [await desk.case_in(case, closed_at=ago(5)) for case in cases[: many // 4]]
    people = {"staff": [mei.staff_id, tom.staff_id], "teams": teams, "tags": [tag.id]}
    shop = Shop(crm, chance, cases, people)
    for _ in range(many):
        await shop.something()
    return shop, [mei, tom, new, eve, Scope(eve.staff_id, "admin", NONE), Scope(0, "marketer", NONE)]


def readings(scopes: list[Scope]) -> list[tuple[Scope, Wanted]]:
    found = [(scope, Wanted(view)) for scope in scopes for view in View]
    found += [(scope, wanted) for scope in scopes[:2] for wanted in NARROWED]
    found += [(scopes[0], Wanted(View.ALL, handler=scopes[1].staff_id))]
    return [(scope if wanted.is_personal else replace(scope, staff_id=0), wanted) for scope, wanted in found]


async def whole(store: Store, scope: Scope, wanted: Wanted) -> QueuePage:
    async with store.reading() as crm:
        return await crm.queue.page(scope, wanted.filter, NOW, None, SHOWN)


@pytest.mark.parametrize(("seed", "many"), [(1, 6), (2, 30), (3, 130)])
async def test_a_patched_page_is_the_page_a_whole_reading_gives(store: Store, seed: int, many: int) -> None:
    chance, stamps, pages = random.Random(seed), Stamps(), Pages(store)
    async with store.transaction() as crm:
        shop, scopes = await furnished(crm, chance, many)
    for _ in range(6):
        look = Look(scopes[0], "en", "", NOW, stamp=stamps.now(), stamps=stamps)
        for scope, wanted in readings(scopes):
            assert await pages.top(look, scope, wanted, SHOWN) == await whole(store, scope, wanted), (scope, wanted)
        async with store.reading() as crm:
            tally = await crm.queue.tally(NOW)
            for scope in scopes[:-1]:
                assert tally.of_team(scope).of(scope.staff_id) == await crm.queue.counts(scope, NOW)
        async with store.transaction() as crm:
            happening = Shop(crm, chance, shop.cases, shop.people)
            numbers = [number for _ in range(chance.randrange(1, 4)) for number in await happening.something()]
        for number in numbers:
            stamps.heard("desk", number)


async def test_few_changes_leave_the_rest_of_a_page_unread(store: Store) -> None:
    stamps, pages = Stamps(), Pages(store)
    async with store.transaction() as crm:
        shop, _ = await furnished(crm, random.Random(5), 10)
        mei = Scope(0, "admin", NONE)
    first = await pages.top(_look(stamps), mei, Wanted(View.ALL), SHOWN)
    async with store.transaction() as crm:
        case = next(case for case in shop.cases if case.complaint_id == first.rows[0].complaint_id)
        await DeskShop(crm).said(case, "Hello?", 0)
        # Nobody signals this one: what is kept stays as it was until all of it is read again.
        (await crm.session.get_one(Complaint, first.rows[1].complaint_id)).next_due_at = NOW + timedelta(days=900)
    stamps.heard("desk", -case.conversation_id)
    patched = await pages.top(_look(stamps), mei, Wanted(View.ALL), SHOWN)
    assert patched.rows[0].last is not None
    assert patched.rows[0].last.text == "Hello?"
    assert patched.rows[1:] == first.rows[1:]
    read = await pages.top(replace(_look(stamps), anew=True), mei, Wanted(View.ALL), SHOWN)
    assert read == await whole(store, mei, Wanted(View.ALL))
    assert read.rows[1].complaint_id != first.rows[1].complaint_id


async def test_a_signal_for_everybody_or_one_that_was_missed_has_all_of_it_read(store: Store) -> None:
    stamps, pages = Stamps(), Pages(store)
    async with store.transaction() as crm:
        shop, _ = await furnished(crm, random.Random(6), 10)
    ada = Scope(0, "admin", NONE)
    signals: list[Callable[[], None]] = [lambda: stamps.heard("desk", 0), stamps.missed]
    for signal in signals:
        await pages.top(_look(stamps), ada, Wanted(View.ALL), SHOWN)
        async with store.transaction() as crm:
            (await crm.session.get_one(Complaint, shop.cases[0].complaint_id)).severity = "high"
        signal()
        assert await pages.top(_look(stamps), ada, Wanted(View.ALL), SHOWN) == await whole(store, ada, Wanted(View.ALL))


def _look(stamps: Stamps) -> Look:
    return Look(Scope(0, "admin", NONE), "en", "", NOW, stamp=stamps.now(), stamps=stamps)
