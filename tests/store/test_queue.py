"""The handlers' inbox: one list of what needs a person, most urgent first, read page by page."""

import pytest

from crm_store.cases.labels import ComplaintTag, Tag
from crm_store.database import Store
from crm_store.promises.escalations import Escalation
from crm_store.queue.queue_filter import QueueFilter, View
from crm_store.records.page import CursorUnknown
from crm_store.staff.scope import Scope
from tests.store.desk_shop import NONE, NOW, DeskShop, ago

ADMIN = Scope(0, "admin", NONE)


async def names(store: Store, wanted: QueueFilter | None = None, scope: Scope = ADMIN) -> list[str]:
    async with store.transaction() as crm:
        return [row.name for row in (await crm.queue.page(scope, wanted or QueueFilter(), NOW)).rows]


async def test_reopened_ones_come_first_then_what_was_missed_then_what_is_due_soonest(store: Store) -> None:
    async with store.transaction() as crm:
        desk = DeskShop(crm)
        await desk.case("due tomorrow", next_due_at=ago(-1440))
        await desk.case("waits for shopper", waits_for="shopper")
        await desk.case("is done and waits for their word", state="done")
        await desk.case("missed", next_due_at=ago(90))
        await desk.talk("waits for a person", control="waiting", waiting_since=ago(30))
        await desk.case("reopened", urgent=True, next_due_at=ago(-2000))
        await desk.case("due soon", next_due_at=ago(-30))
        await desk.talk("is with a person", control="person")
        await desk.talk("is with the bot")
        await desk.case("is closed", closed_at=ago(1))
    assert await names(store) == [
        "reopened",
        "missed",
        "waits for a person",
        "due soon",
        "due tomorrow",
        "waits for shopper",
        "is done and waits for their word",
        "is with a person",
    ]


async def test_a_conversation_with_an_open_case_is_one_line_and_not_two(store: Store) -> None:
    async with store.transaction() as crm:
        desk = DeskShop(crm)
        case = await desk.case("Jo", talk={"control": "waiting", "waiting_since": ago(9)})
        await desk.case_in(case, closed_at=ago(5))
        await desk.case_in(case, merged_into=case.complaint_id)
        done = await desk.case("Bo", talk={"control": "waiting", "waiting_since": ago(8)}, closed_at=ago(5))
        page = await crm.queue.page(ADMIN, QueueFilter(), NOW)
        lines = [(row.kind, row.name, row.control) for row in page.rows]
        assert lines == [("talk", "Bo", "waiting"), ("case", "Jo", "waiting")]
        assert page.rows[0].conversation_id == done.conversation_id


async def test_pages_hold_every_line_once_also_among_equals(store: Store) -> None:
    async with store.transaction() as crm:
        desk = DeskShop(crm)
        for place in range(7):
            await desk.case(f"J{place}", next_due_at=ago(-60) if place < 5 else None)
            await desk.talk(f"T{place}", control="parked", waiting_since=ago(-60))
            await desk.case(f"C{place}", closed_at=ago(60))
        for view, many in ((View.ALL, 14), (View.CLOSED, 7)):
            seen, after = list[str](), None
            while True:
                page = await crm.queue.page(ADMIN, QueueFilter(view), NOW, after, 3)
                seen += [row.name for row in page.rows]
                if (after := page.next) is None:
                    break
            assert len(seen) == len(set(seen)) == many
        with pytest.raises(CursorUnknown):
            await crm.queue.page(ADMIN, QueueFilter(), NOW, "1|x")


async def test_tabs_and_filters_show_what_they_say_and_the_counts_agree(store: Store) -> None:
    async with store.transaction() as crm:
        desk = DeskShop(crm)
        team = await desk.team("online")
        ann = await desk.staff("Ann", "handler", team)
        mine = await desk.case("mine", assignee_id=ann.staff_id, category="broken", severity="high")
        await desk.case("team", team_id=team, waits_for="shopper")
        await desk.case("late", next_due_at=ago(1))
        await desk.talk("held", control="person", holder_id=ann.staff_id, channel="telegram")
        tag = Tag(code="vip", name={"en": "VIP", "zh": "贵宾"})
        await desk.add(tag)
        await desk.add(ComplaintTag(complaint_id=mine.complaint_id, tag_id=tag.id))
        counts = await crm.queue.counts(ann, NOW)
    shown = {view: await names(store, QueueFilter(view), ann) for view in View}
    assert shown[View.MINE] == ["mine", "held"]
    assert shown[View.TEAM] == ["team"]
    assert shown[View.UNASSIGNED] == ["late", "team"]
    assert shown[View.OVERDUE] == ["late"]
    assert shown[View.SHOPPER] == ["team"]
    assert shown[View.CLOSED] == []
    assert counts == {view: len(lines) for view, lines in shown.items() if view is not View.CLOSED}
    for wanted in (
        QueueFilter(category="broken"),
        QueueFilter(severity="high"),
        QueueFilter(tag="vip"),
        QueueFilter(handler=ann.staff_id, channel="webchat"),
    ):
        assert await names(store, wanted, ann) == ["mine"]
    assert await names(store, QueueFilter(channel="telegram"), ann) == ["held"]
    assert await names(store, QueueFilter(team=team), ann) == ["team"]


async def test_a_line_shows_the_last_word_the_nearest_clock_and_the_highest_escalation(store: Store) -> None:
    async with store.transaction() as crm:
        desk = DeskShop(crm)
        case = await desk.case("Jo")
        await desk.said(case, "first", 9)
        await desk.said(case, "x" * 900, 5)
        await desk.clock(case, "resolution", due_at=ago(-600))
        await desk.clock(case, "first_answer", due_at=ago(-10), warned_at=ago(3))
        await desk.clock(case, "next_answer", due_at=ago(-5), met_at=ago(1))
        for level in (1, 2):
            await desk.add(
                Escalation(
                    key=f"k{level}",
                    cause="missed",
                    complaint_id=case.complaint_id,
                    level=level,
                    role="supervisor",
                    raised_at=NOW,
                    detail={},
                )
            )
        row = await crm.queue.case(ADMIN, case.complaint_id)
        assert row is not None
        assert row.last is not None
        assert (len(row.last.text), row.unread) == (200, True)
        assert row.clock is not None
        assert (row.clock.kind, row.clock.warned, row.clock.missed) == ("first_answer", True, False)
        assert row.escalation is not None
        assert (row.escalation.level, row.escalation.acknowledged) == (2, False)
        await desk.said(case, "answer", 1, "staff")
        row = await crm.queue.case(ADMIN, case.complaint_id)
        assert row is not None
        assert not row.unread
