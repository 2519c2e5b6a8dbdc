"""What did not arrive has an owner until somebody closes it; the board counts what is so now."""

from datetime import timedelta
from typing import Any

import pytest

from crm_store.database import Store
from crm_store.desk.undelivered import NotUndelivered, Outcome
from crm_store.staff.scope import Scope
from crm_store.talks.outbox import OutboxMessage
from tests.store.desk_shop import NONE, NOW, Case, DeskShop, ago

ADMIN = Scope(0, "admin", NONE)
DAY = 24 * 60.0


async def lose(desk: DeskShop, case: Case | None, **columns: Any) -> int:
    standard = {
        "lane": "webchat:main",
        "conversation_id": case.conversation_id if case else None,
        "address": "w",
        "purpose": "reply",
        "author": "staff",
        "priority": 0,
        "body": {"text": "hello"},
        "state": "failed",
        "queued_at": ago(60),
        "error": "gone",
    }
    message = OutboxMessage(**standard | columns)
    await desk.add(message)
    return message.id


@pytest.mark.parametrize(
    ("columns", "listed"),
    [
        ({}, True),
        ({"state": "unknown", "purpose": "service", "author": "house"}, True),
        ({"state": "sent"}, False),
        ({"state": "dropped"}, False),
        ({"queued_at": ago(31 * DAY)}, False),
        ({"author": "bot", "queued_at": ago(60)}, True),
        ({"author": "bot", "queued_at": ago(2 * DAY)}, False),
        ({"purpose": "code", "author": "house"}, False),
    ],
)
async def test_what_was_lost_is_listed_while_it_matters(store: Store, columns: dict[str, Any], listed: bool) -> None:
    async with store.transaction() as crm:
        desk = DeskShop(crm)
        await lose(desk, await desk.case("Jo"), **columns)
        assert (len(await crm.undelivered.page(ADMIN, NOW)) == 1) is listed
        assert (await crm.undelivered.counts(ADMIN, NOW))["all"] == int(listed)


async def test_somebody_takes_it_and_closes_it_once(store: Store) -> None:
    async with store.transaction() as crm:
        desk = DeskShop(crm)
        ann, bob = await desk.staff("Ann", "handler"), await desk.staff("Bob", "handler")
        case = await desk.case("Jo")
        lost = await lose(desk, case)
        assert await crm.undelivered.counts(ann, NOW) == {"all": 1, "mine": 0, "unowned": 1}
        await crm.undelivered.take(ann, lost, NOW)
        (row,) = await crm.undelivered.page(bob, NOW)
        assert (row.owner, row.number, row.reason, row.text, row.name) == ("Ann", case.number, "gone", "hello", "Jo")
        await crm.undelivered.close(bob, lost, Outcome.TOLD_OTHERWISE, NOW)
        assert await crm.undelivered.page(ann, NOW) == []
        (row,) = await crm.undelivered.page(ann, NOW, closed=True)
        assert (row.outcome, row.owner) == ("told_otherwise", "Ann")
        for again in (crm.undelivered.take(ann, lost, NOW), crm.undelivered.close(ann, lost, Outcome.RESENT, NOW)):
            with pytest.raises(NotUndelivered):
                await again


async def test_another_teams_loss_can_be_neither_taken_nor_closed_and_the_houses_own_is_for_supervisors(
    store: Store,
) -> None:
    async with store.transaction() as crm:
        desk = DeskShop(crm)
        theirs = await desk.team("theirs")
        ann, sue = await desk.staff("Ann", "handler"), await desk.staff("Sue", "supervisor")
        lost = await lose(desk, await desk.case("Jo", team_id=theirs))
        await lose(desk, None, purpose="staff", author="house")
        with pytest.raises(NotUndelivered):
            await crm.undelivered.take(ann, lost, NOW)
        assert len(await crm.undelivered.page(ann, NOW)) == 0
        assert len(await crm.undelivered.page(sue, NOW)) == 1
        assert len(await crm.undelivered.page(ADMIN, NOW)) == 2


async def test_the_board_counts_who_waits_what_is_due_and_who_does_what(store: Store) -> None:
    async with store.transaction() as crm:
        desk = DeskShop(crm)
        team = await desk.team("online")
        ann = await desk.staff("Ann", "handler", team)
        away = await desk.staff("Bob", "handler", team)
        await crm.staff.change(away.staff_id, seen_at=NOW - timedelta(minutes=6))
        case = await desk.case("Jo", team_id=team, assignee_id=ann.staff_id, next_due_at=ago(1))
        await desk.clock(case, "resolution", due_at=ago(-30))
        await desk.clock(case, "first_answer", due_at=ago(1), missed_at=ago(1))
        await desk.clock(case, "next_answer", due_at=ago(-90))
        await desk.said(case, "sent", 5, "staff", staff_id=ann.staff_id)
        await desk.said(case, "not sent", 5, "staff", staff_id=ann.staff_id, delivery="failed")
        await desk.talk("waits", control="waiting", waiting_since=ago(7))
        await desk.talk("waits longer", control="waiting", waiting_since=ago(9))
        await desk.talk("parked", control="parked")
        await desk.talk("held", control="person", holder_id=ann.staff_id)
        board = await crm.board.now(ADMIN, NOW, ago(12 * 60))
        assert (board.waiting.count, board.waiting.oldest, board.waiting.parked) == (2, ago(9), 1)
        assert [(each.number, each.kind) for each in board.due_soon] == [(case.number, "resolution")]
        assert (board.missed_today, board.overdue) == (1, 1)
        shown = {
            each.name: (each.here, each.open_cases, each.overdue, each.held, each.answered) for each in board.handlers
        }
        assert shown == {"Ann": (True, 1, 1, 1, 1), "Bob": (False, 0, 0, 0, 0)}
        assert [(each.team_id, each.open_cases, each.waiting) for each in board.teams] == [(team, 1, 0), (None, 0, 2)]
