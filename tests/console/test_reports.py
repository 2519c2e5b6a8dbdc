"""The reports: true figures that open to their cases, in scope, harmless, and files that no spreadsheet obeys."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser, LexborNode
from sqlalchemy import select

from console.reports.measures import Measures, change
from console.reports.period import DAYS_APART, LONGEST, Period, period_of
from crm_store.remedies.granting import RemedyKind
from crm_store.remedies.remedies import Proposal
from crm_store.staff.audit import AuditEvent
from crm_store.staff.scope import Scope
from tests.console.conftest import NOW, Desk, SignedIn, text_of
from tests.console.test_inbox import HOSTILE, team_of
from tests.store.desk_shop import Case, DeskShop

ZONE = ZoneInfo("Asia/Singapore")
LAST_DAYS = "/console/reports?days=30"


async def case_of(desk: Desk, name: str, code: str = "", **columns: Any) -> Case:
    """Opened two hours ago; answered by a person after twenty minutes, in time."""
    team = await team_of(desk, code) if code else None
    opened = NOW - timedelta(hours=2)
    async with desk.store.transaction() as crm:
        shop = DeskShop(crm)
        shop._count = len(name) * 1000 + sum(map(ord, name))
        made = await shop.case(name, team_id=team, **{"category": "delivery", "opened_at": opened, **columns})
        answered = opened + timedelta(minutes=20)
        await shop.event(made, "answered", 0, at=answered)
        await shop.clock(made, "first_answer", started_at=opened, met_at=answered)
        return made


async def test_a_report_counts_first_answers_and_every_figure_opens_to_its_cases(
    desk: Desk, console_client: SignedIn
) -> None:
    case = await case_of(desk, "Grace Lim")
    wei = await console_client("supervisor")
    page = await wei.page(LAST_DAYS)
    tiles = {text_of(tile, ".label"): tile for tile in map(_own, page.css(".report-tile"))}
    assert text_of(tiles["Cases opened"], "a.figure") == "1"
    assert text_of(tiles["First answers in time"], "a.figure") == "100 %"
    assert "Median 20 min" in text_of(tiles["First answers in time"], ".report-notes")
    ways = {
        str(link.attributes["href"])
        for link in page.css(".report-notes a, table a, svg a")
        if "/reports/cases?" in (link.attributes["href"] or "")
    }
    assert len(ways) > 8
    for way in sorted(ways)[:12]:
        found = await wei.page(way)
        assert case.number in text_of(found, "main")


async def test_every_bar_has_a_name_and_its_chart_a_table_with_the_same_numbers(
    desk: Desk, console_client: SignedIn
) -> None:
    await case_of(desk, "Grace Lim")
    wei = await console_client("supervisor")
    page = await wei.page("/console/reports?days=7")
    chart = page.css_first('svg[aria-labelledby="opened-title opened-says"]')
    assert chart is not None
    assert text_of(page, "#opened-title") == "Opened"
    assert len(chart.css("g.chart-column title")) == 7
    (bar,) = chart.css("a")
    assert bar.attributes["aria-label"] == "Still open, Sat 21 Nov 2026: 1 opened, 1 of them still open"
    assert len(page.css(".report-table tbody tr")) == 4 * 7
    assert not page.css("main [style]")


@pytest.mark.parametrize("by", ["category", "cause", "product", "store", "team", "handler", "channel", "day"])
async def test_every_way_to_compare_opens_to_the_cases_of_its_groups(
    desk: Desk, console_client: SignedIn, by: str
) -> None:
    case = await case_of(desk, "Grace Lim", cause="packed & wrapped = wrongly")
    wei = await console_client("supervisor")
    page = await wei.page(f"{LAST_DAYS}&by={by}")
    way = page.css_first("#compare tbody td.number a")
    assert way is not None
    assert case.number in text_of(await wei.page(str(way.attributes["href"])), "tbody")


async def test_what_another_team_has_is_in_no_figure_no_list_and_no_file(desk: Desk, console_client: SignedIn) -> None:
    north = await console_client("supervisor", teams=["north"])
    case = await case_of(desk, "Grace Lim", "north")
    south = await console_client("supervisor", teams=["south"])
    for path in (LAST_DAYS, "/console/reports/cases", "/console/reports/export", "/console/reports/costs"):
        assert case.number not in (await south.get(path)).text
    assert "No case was opened" in text_of(await south.page(LAST_DAYS), "main")
    assert case.number in (await north.get("/console/reports/export")).text


async def test_only_supervisors_and_admins_open_reports(console_client: SignedIn) -> None:
    mei, ken = await console_client("handler"), await console_client("marketer")
    for path in ("", "/cases", "/costs", "/export"):
        assert (await mei.get(f"/console/reports{path}")).status_code == 403
        assert (await ken.get(f"/console/reports{path}")).status_code == 403


async def test_a_file_is_for_spreadsheets_obeys_none_of_its_words_and_is_written_down(
    desk: Desk, console_client: SignedIn
) -> None:
    await case_of(desk, "=HYPERLINK(1)", cause="＠SUM(A1)")
    wei = await console_client("supervisor")
    answer = await wei.get("/console/reports/export", figure="opened", first="2026-11-01", last="2026-11-21")
    assert answer.content.startswith(b"\xef\xbb\xbfcomplaint_id,number,name,")
    assert "'=HYPERLINK(1)" in answer.text
    assert "'＠SUM(A1)" in answer.text
    assert answer.headers["content-disposition"] == 'attachment; filename="cases-opened-2026-11-01-2026-11-21.csv"'
    assert answer.headers["cache-control"] == "no-store"
    async with desk.store.transaction() as crm:
        (deed,) = await crm.session.scalars(select(AuditEvent).filter_by(action="exported"))
    assert (deed.staff_id, deed.subject, deed.subject_id) == (wei.member.id, "report", "opened")
    assert deed.detail["first"] == "2026-11-01"


async def test_a_figure_nobody_counts_is_not_there(console_client: SignedIn) -> None:
    wei = await console_client("supervisor")
    assert (await wei.get("/console/reports/cases", figure="happiness")).status_code == 404
    assert (await wei.get("/console/reports/export", figure="happiness")).status_code == 404


async def test_hostile_words_stay_words(desk: Desk, console_client: SignedIn) -> None:
    await case_of(desk, HOSTILE, cause=HOSTILE)
    wei = await console_client("supervisor")
    for path in (f"{LAST_DAYS}&by=cause", "/console/reports/cases"):
        page = await wei.page(path)
        assert not page.css("main img, main script")
        assert "\u202e" not in text_of(page, "main")


async def test_cases_come_page_by_page(desk: Desk, console_client: SignedIn) -> None:
    async with desk.store.transaction() as crm:
        shop = DeskShop(crm)
        talk = await shop.talk("Grace Lim")
        for _ in range(51):
            await shop.case_in(talk, opened_at=NOW - timedelta(hours=1))
    wei = await console_client("supervisor")
    first = await wei.page("/console/reports/cases")
    way = first.css_first(".pager a")
    assert way is not None
    rest = await wei.page(str(way.attributes["href"]))
    assert (len(first.css("tbody tr")), len(rest.css("tbody tr"))) == (50, 1)


async def test_what_remedies_cost_is_told_by_cause_with_the_remedies_behind(
    desk: Desk, console_client: SignedIn
) -> None:
    case = await case_of(desk, "Grace Lim", cause="supplier & co")
    wei = await console_client("supervisor")
    async with desk.store.transaction() as crm:
        await crm.remedies.limits.ensure()
        scope = Scope(wei.member.id, "supervisor", frozenset())
        await crm.remedies.propose(Proposal(case.complaint_id, RemedyKind.POINTS, 250, "late"), scope, NOW)
    page = await wei.page(LAST_DAYS)
    way = page.css_first('a[href^="/console/reports/costs?"][href*="supplier"]')
    assert way is not None
    assert "2.50" in text_of(page, ".report-foot")
    assert case.number in text_of(await wei.page(str(way.attributes["href"])), "tbody")


DAYS = st.dates(date(2001, 1, 1), date(2026, 11, 21))


@given(DAYS, DAYS)
def test_days_of_ones_own_are_in_order_a_year_at_most_and_fall_into_pieces_without_a_gap(
    one: date, other: date
) -> None:
    period = period_of({"first": one.isoformat(), "last": other.isoformat()}, NOW, ZONE)
    assert period.last == max(one, other)
    assert 1 <= period.length <= LONGEST
    pieces = period.pieces()
    assert list(_days_of(pieces)) == [period.first + timedelta(days=place) for place in range(period.length)]
    assert len(pieces) <= DAYS_APART
    assert period.before.span.end == period.span.start
    assert period_of(period.named, NOW, ZONE).span == period.span


@given(st.text(max_size=12), st.text(max_size=12), st.text(max_size=4))
def test_days_that_are_none_mean_the_last_thirty(first: str, last: str, days: str) -> None:
    period = period_of({"first": f"?{first}", "last": last, "days": f"?{days}"}, NOW, ZONE)
    assert (period.days, period.length, period.last) == (30, 30, date(2026, 11, 21))


def test_a_report_begins_at_midnight_in_the_shop() -> None:
    period = Period(date(2026, 11, 21), date(2026, 11, 21), 0, ZONE)
    assert (period.span.start, period.span.end) == (
        datetime(2026, 11, 20, 16, tzinfo=UTC),
        datetime(2026, 11, 21, 16, tzinfo=UTC),
    )


@given(st.floats(0, 1))
def test_a_share_says_all_or_none_only_when_it_was(share: float) -> None:
    told = Measures(_Plain(), "en").share(share)  # type: ignore[arg-type]
    assert (told == "100") == (share == 1)
    assert (told == "0") == (share == 0)


def test_a_change_is_good_only_the_right_way() -> None:
    assert [change(2, 1, "up"), change(2, 1, "down"), change(2, 1), change(None, 1)] == [
        change(3, 2, "up"),
        change(9, 1, "down"),
        change(5, 1),
        None,
    ]
    assert getattr(change(2, 1, "up"), "tone", "") == "ok"
    assert getattr(change(2, 1, "down"), "tone", "") == "bad"


def _own(node: LexborNode) -> LexborHTMLParser:
    return LexborHTMLParser(node.html or "")


class _Plain:
    def say(self, language: str, key: str, **values: str) -> str:
        return values.get("n", "")


def _days_of(pieces: list[Period]) -> Iterator[date]:
    for piece in pieces:
        yield from (piece.first + timedelta(days=place) for place in range(piece.length))
