"""Figures nobody has to argue about: what is counted, what is not, and which cases stand behind."""

from datetime import timedelta

import pytest

from crm_store.database import Store
from crm_store.desk.report_cases import CONDITIONS, Group, Span
from crm_store.desk.reports import Behind, Figures, FigureUnknown
from crm_store.remedies.follow_ups import FollowUp
from crm_store.staff.scope import Scope
from tests.store.desk_shop import NONE, NOW, Case, DeskShop, ago

SPAN = Span(NOW - timedelta(days=7), NOW)
ADMIN = Scope(0, "admin", NONE)
HOUR = 60.0


async def figures(store: Store, by: Group = Group.NONE, scope: Scope = ADMIN) -> dict[str, Figures]:
    async with store.transaction() as crm:
        return {row.value: row for row in await crm.reports.figures(scope, SPAN, by)}


async def numbers(store: Store, figure: str, by: Group = Group.NONE, value: str | None = None) -> list[str]:
    async with store.transaction() as crm:
        return [each.number for each in await crm.reports.cases_behind(ADMIN, Behind(figure, SPAN, by, value))]


async def answered(desk: DeskShop, case: Case, after: float) -> None:
    """A person's message reached the shopper so many minutes after the case was opened, ten hours ago."""
    await desk.event(case, "answered", 600 - after)


async def test_the_first_answer_is_a_persons_and_a_reopening_does_not_change_it(store: Store) -> None:
    """Acceptance check 5: The bot's time is a number of its own, and reopening starts a new interval."""
    async with store.transaction() as crm:
        desk = DeskShop(crm)
        case = await desk.case("Jo", reopened=1)
        asked = await desk.said(case, "hello?", 599)
        await desk.said(case, "I am the bot", 598, "bot", answers=asked)
        await desk.event(case, "state", 590, detail={"from": "received", "to": "acknowledged"})
        await answered(desk, case, 60)
        await desk.event(case, "state", 500, detail={"from": "investigating", "to": "done"})
        await desk.event(case, "reopened", 100)
        await answered(desk, case, 530)
        late = await desk.case("Bo")
        await desk.event(
            late, "reopened", 590
        )  # reopened before anybody had answered: that answer is another interval's
        await answered(desk, late, 70)
    told = (await figures(store))[""]
    assert (told.opened, told.answered, told.first_answer_median) == (2, 1, HOUR * 60)
    assert told.answer_again_median == HOUR * (30 + 60) / 2
    assert (told.resolved, told.resolution_median, told.reopen_rate) == (1, HOUR * 100, 1.0)
    assert (told.bot_turns, told.bot_median) == (1, HOUR)


async def test_promises_are_counted_by_their_clocks_and_an_open_one_is_neither(store: Store) -> None:
    async with store.transaction() as crm:
        desk = DeskShop(crm)
        kept, missed, running = await desk.case("A"), await desk.case("B"), await desk.case("C")
        await desk.clock(kept, "first_answer", met_at=ago(500))
        await desk.clock(missed, "first_answer", missed_at=ago(500), met_at=ago(400))
        await desk.clock(running, "first_answer")
        await desk.clock(kept, "first_answer", ordinal=2, missed_at=ago(10))  # after a reopening
        await desk.clock(kept, "resolution", met_at=ago(300))
    told = (await figures(store))[""]
    assert (told.answer_kept, told.answer_missed, told.answer_in_time) == (1, 1, 0.5)
    assert (told.resolution_kept, told.resolution_missed, told.resolution_in_time) == (1, 0, 1.0)
    assert await numbers(store, "answer_missed") == [missed.number]


async def test_satisfaction_is_what_was_answered_not_what_was_asked(store: Store) -> None:
    async with store.transaction() as crm:
        desk = DeskShop(crm)
        for name, score, answer in (("A", 5, "yes"), ("B", 2, "no"), ("C", None, None)):
            case = await desk.case(name)
            await desk.add(
                FollowUp(
                    complaint_id=case.complaint_id,
                    ordinal=1,
                    due_at=ago(9),
                    asked_at=ago(8),
                    score=score,
                    answer=answer,
                )
            )
    told = (await figures(store))[""]
    assert (told.score_mean, told.scores, told.yes_share) == (3.5, 2, 0.5)


@pytest.mark.parametrize("by", Group)
async def test_every_group_adds_up_to_the_whole_and_opens_to_its_cases(store: Store, by: Group) -> None:
    async with store.transaction() as crm:
        desk = DeskShop(crm)
        ann = await desk.staff("Ann", "handler")
        for place in range(6):
            await desk.case(
                f"J{place}",
                category=["late", "broken"][place % 2],
                store_code="bugis" if place < 2 else None,
                product_sku="KT101" if place < 3 else None,
                cause="carrier" if place else None,
                assignee_id=ann.staff_id if place % 3 else None,
                opened_at=ago(600 + place * 600),
            )
        await desk.case("old", opened_at=ago(8 * 24 * 60))
    told = await figures(store, by)
    assert sum(row.opened for row in told.values()) == 6
    for value, row in told.items():
        assert len(await numbers(store, "opened", by, value)) == row.opened
    if by is Group.HANDLER:
        assert told[str(ann.staff_id)].label == {"en": "Ann"}


@pytest.mark.parametrize("figure", CONDITIONS)
async def test_every_figure_opens(store: Store, figure: str) -> None:
    async with store.transaction() as crm:
        await DeskShop(crm).case("Jo")
    assert len(await numbers(store, figure)) <= 1


async def test_a_figure_nobody_knows_is_refused(store: Store) -> None:
    with pytest.raises(FigureUnknown):
        await numbers(store, "happiness")


async def test_an_export_has_a_head_and_no_formulas(store: Store) -> None:
    async with store.transaction() as crm:
        await DeskShop(crm).case("=HYPERLINK(1)")
    async with store.transaction() as crm:
        rows = [row async for row in crm.reports.export(ADMIN, Behind("opened", SPAN))]
    assert rows[0][:3] == ["complaint_id", "number", "name"]
    assert rows[1][2] == "'=HYPERLINK(1)"
    assert len(rows) == 2
