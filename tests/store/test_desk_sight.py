"""Acceptance check 12: staff of one team cannot see titles, previews, search hits, exports or counts of another's."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from crm_store.crm import Crm
from crm_store.database import Store
from crm_store.desk.report_cases import Span
from crm_store.desk.reports import Behind
from crm_store.queue.queue_filter import QueueFilter, View
from crm_store.staff.notes import StaffNote
from crm_store.staff.scope import Scope
from crm_store.talks.outbox import OutboxMessage
from tests.store.desk_shop import NONE, NOW, Case, DeskShop, ago

SECRET = "zebra"
SPAN = Span(ago(9000), NOW)

Read = Callable[[Crm, Scope, Case], Awaitable[Any]]

READS: dict[str, Read] = {
    **{
        f"queue.page {view}": lambda crm, scope, _, view=view: crm.queue.page(scope, QueueFilter(view), NOW)  # type: ignore[misc]
        for view in View
    },
    "queue.case": lambda crm, scope, case: crm.queue.case(scope, case.complaint_id),
    "queue.talk": lambda crm, scope, case: crm.queue.talk(scope, case.conversation_id),
    "timelines.of_customer": lambda crm, scope, case: crm.timelines.of_customer(scope, case.customer_id),
    "timelines.of_complaint": lambda crm, scope, case: crm.timelines.of_complaint(scope, case.complaint_id),
    "timelines.thread": lambda crm, scope, case: crm.timelines.thread(scope, case.conversation_id),
    "timelines.panel cases": lambda crm, scope, case: cases_of_panel(crm, scope, case),
    "queue.those": lambda crm, scope, case: crm.queue.those(scope, [case.complaint_id], [case.conversation_id]),
    "queue.cases_in": lambda crm, scope, case: crm.queue.cases_in(scope, case.conversation_id),
    "search.find": lambda crm, scope, _: hits_of(crm, scope),
    "reports.cases_behind": lambda crm, scope, _: crm.reports.cases_behind(scope, Behind("opened", SPAN)),
    "reports.export": lambda crm, scope, _: exported(crm, scope),
    "undelivered.page": lambda crm, scope, _: crm.undelivered.page(scope, NOW),
    "board.now": lambda crm, scope, _: crm.board.now(scope, NOW, ago(720)),
}

MAY_BE_EMPTY = {f"queue.page {view}" for view in (View.MINE, View.TEAM, View.UNASSIGNED, View.SHOPPER)}
"""Tabs that show what concerns oneself: nothing of this to an admin."""


async def cases_of_panel(crm: Crm, scope: Scope, case: Case) -> Any:
    panel = await crm.timelines.panel(scope, case.customer_id, NOW, NOW.date())
    return panel and panel.cases


async def hits_of(crm: Crm, scope: Scope) -> Any:
    """Customers belong to no team; cases and messages do."""
    found = await crm.search.find(scope, SECRET)
    return found.cases, found.messages


async def exported(crm: Crm, scope: Scope) -> Any:
    return [row async for row in crm.reports.export(scope, Behind("opened", SPAN))]


async def shop(crm: Crm) -> tuple[dict[str, Scope], list[Case]]:
    """Who asks, and a case of the other team in every shape it may be found in."""
    desk = DeskShop(crm)
    ours, theirs = await desk.team("ours"), await desk.team("theirs")
    askers = {
        "handler of another team": await desk.staff("Ann", "handler", ours),
        "supervisor of another team": await desk.staff("Sue", "supervisor", ours),
        "handler of no team": await desk.staff("Nil", "handler"),
        "marketer of the team": await desk.staff("Max", "marketer", theirs),
        "handler of the team": await desk.staff("Tom", "handler", theirs),
        "admin": await desk.staff("Ada", "admin"),
    }
    tom = askers["handler of the team"].staff_id
    talk = {"control": "waiting", "waiting_since": ago(20)}
    columns = {"team_id": theirs, "what_happened": f"a {SECRET} came", "assignee_id": tom, "next_due_at": ago(5)}
    cases = [
        await desk.case(f"{SECRET} one", talk=talk | {"team_id": theirs}, **columns),
        await desk.case(f"{SECRET} two", talk=talk, **columns),  # nobody's conversation, but their case
        await desk.case(f"{SECRET} three", talk={"control": "bot"}, **columns, closed_at=ago(3)),
    ]
    for case in cases:
        await put_down(desk, case, tom)
    return askers, cases


async def put_down(desk: DeskShop, case: Case, tom: int) -> None:
    await desk.said(case, f"my {SECRET}", 30)
    await desk.event(case, "state", 20, detail={"from": SECRET, "to": "acknowledged"})
    await desk.clock(case, "resolution", due_at=ago(-30))
    reply = await desk.said(case, f"about your {SECRET}", 10, "staff", staff_id=tom, delivery="failed")
    await desk.add(
        lost_message(case, reply), StaffNote(complaint_id=case.complaint_id, staff_id=tom, text=SECRET, at=NOW)
    )


def lost_message(case: Case, reply: int) -> OutboxMessage:
    return OutboxMessage(
        lane="webchat:main",
        interaction_id=reply,
        conversation_id=case.conversation_id,
        address="w",
        purpose="reply",
        author="staff",
        priority=0,
        body={"text": SECRET},
        state="failed",
        queued_at=ago(10),
    )


@pytest.mark.parametrize("read", READS)
async def test_check_12_what_is_of_another_team_is_in_no_read(store: Store, read: str) -> None:
    """Acceptance check 12: No read of the desk tells what is another team's."""
    async with store.transaction() as crm:
        askers, cases = await shop(crm)
        for asker, scope in askers.items():
            found = [repr(await READS[read](crm, scope, case)) for case in cases]
            seen = any(SECRET in each or "C0000" in each for each in found)
            may = asker in {"handler of the team", "admin"}
            assert seen == may or (may and read in MAY_BE_EMPTY), asker


async def test_what_is_of_another_team_is_not_counted(store: Store) -> None:
    async with store.transaction() as crm:
        askers, _ = await shop(crm)
        for asker, scope in askers.items():
            counted = await crm.queue.counts(scope, NOW)
            board = await crm.board.now(scope, NOW, ago(720))
            sees = asker in {"handler of the team", "admin"}
            assert counted[View.ALL] == (2 if sees else 0), asker
            assert sum(row.opened for row in await crm.reports.figures(scope, SPAN)) == (3 if sees else 0), asker
            assert board.overdue == (2 if sees else 0), asker
            assert board.waiting.count == (2 if sees else 0), asker
            assert sum(each.open_cases for each in board.handlers) == (2 if sees else 0), asker


async def test_what_no_team_has_taken_yet_is_open_to_all(store: Store) -> None:
    async with store.transaction() as crm:
        desk = DeskShop(crm)
        ours = await desk.team("ours")
        ann = await desk.staff("Ann", "handler", ours)
        case = await desk.case("Jo")
        talk = await desk.talk("Bo", control="waiting")
        assert [row.name for row in (await crm.queue.page(ann, QueueFilter(), NOW)).rows] == ["Bo", "Jo"]
        assert await crm.timelines.thread(ann, case.conversation_id)
        assert await crm.timelines.thread(ann, talk.conversation_id)
        assert await crm.queue.counts(Scope(ann.staff_id, "marketer", NONE), NOW) == dict.fromkeys(
            [view for view in View if view is not View.CLOSED], 0
        )


async def test_one_thread_with_cases_of_two_teams_is_open_to_both_but_each_sees_its_own_case(store: Store) -> None:
    async with store.transaction() as crm:
        desk = DeskShop(crm)
        ours, theirs = await desk.team("ours"), await desk.team("theirs")
        ann, tom = await desk.staff("Ann", "handler", ours), await desk.staff("Tom", "handler", theirs)
        first = await desk.case("Jo", team_id=ours)
        second = await desk.case_in(first, team_id=theirs)
        for scope, number in ((ann, first.number), (tom, second.number)):
            assert await crm.timelines.thread(scope, first.conversation_id)
            assert [row.number for row in (await crm.queue.page(scope, QueueFilter(), NOW)).rows] == [number]
