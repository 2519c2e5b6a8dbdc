"""Whatever is put into any field, filter or cookie of any route: an answer in plain words, and no fault of ours."""

import re
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from selectolax.lexbor import LexborHTMLParser

from tests.console.conftest import ORIGIN, Browser, Desk, SignedIn
from tests.console.sweep.fields import likely
from tests.console.sweep.ways import DEEDS, PAGES, Way
from tests.console.test_sweep_doors import furnished

LARGE = "W" * 70_000
GARBAGE = [
    "",
    " ",
    "x",
    "-1",
    "0",
    "1.5",
    "1e309",
    "nan",
    "9" * 20,
    "\x00",
    "a\x00b",
    "\u202e\ufeff",
    "<script>alert(1)</script>",
    "{{7*7}}{0}{name}",
    "%s' or 1=1 --",
    "2026-02-31",
    "25:99",
    "😀" * 300,
    LARGE,
]
ALONE = ["", " ", "-1", "1.5", "9" * 20, "\x00", "<script>{0}", "2026-02-31", "😀" * 30]
LONG = 20
"""Fields of a form that is long: each of them is tried with every other of these."""
NO_TEXT = ["%ff%fe", "%ed%a0%80"]
"""Bytes that are no UTF-8."""
FILTERS = (
    "view",
    "channel",
    "category",
    "severity",
    "state",
    "tag",
    "handler",
    "team",
    "after",
    "before",
    "show",
    "by",
)
MORE = (*FILTERS, "from", "to", "days", "figure", "value", "period", "start", "end", "said", "language", "kind", "q")
SENTENCE = re.compile(r"[A-Za-z]{3,} [A-Za-z]+|[一-鿿]{3}")


def bad(way: Way, answer: httpx2.Response, what: Any) -> list[tuple[str, Any, int, str]]:
    """Empty when it was taken, or refused in words."""
    shown = f"{what}"[:60]
    if answer.status_code >= 500:
        return [(str(way), shown, answer.status_code, "fault")]
    if answer.status_code >= 400 and not SENTENCE.search(LexborHTMLParser(answer.text).text() or ""):
        return [(str(way), shown, answer.status_code, "without a word")]
    return []


async def sent(browser: Browser, way: Way, path: str, fields: dict[str, str]) -> list[Any]:
    """One try; an exception that reaches us would be a 500."""
    try:
        answer = await browser.post(path, fields)
    except Exception as error:
        return [(str(way), f"{fields}"[:80], 500, f"{type(error).__name__}: {error}"[:160])]
    return bad(way, answer, fields)


def tries(way: Way) -> Iterator[dict[str, str]]:
    """Every field wrong at once, and each alone among likely ones."""
    for value in GARBAGE:
        yield dict.fromkeys(way.fields, value)
    for field in way.fields:
        for value in ALONE if len(way.fields) < LONG else ALONE[::2]:
            yield {**{other: likely(other) for other in way.fields}, field: value}


@pytest.mark.parametrize("room", sorted({way.room for way in DEEDS}))
async def test_no_field_whatever_breaks_a_route_or_is_refused_without_a_word(
    desk: Desk, console_client: SignedIn, room: str
) -> None:
    boss = await console_client("admin")
    known = await furnished(desk, boss)
    guilty: list[Any] = []
    for way in (each for each in DEEDS if each.room == room):
        path = way.at(known)
        for fields in tries(way):
            guilty += await sent(boss, way, path, fields)
        for raw in NO_TEXT:
            body = "&".join([f"csrf={boss.csrf}", *(f"{field}={raw}" for field in way.fields)])
            form = {"Content-Type": "application/x-www-form-urlencoded", "Origin": ORIGIN}
            answer = await boss.client.post(path, content=body, headers=form)
            guilty += bad(way, answer, raw)
    assert guilty == [], guilty


def filters(way: Way) -> Iterator[dict[str, str]]:
    """Every filter wrong at once, and each alone."""
    for value in (*GARBAGE[:-2], "W" * 1000):
        yield dict.fromkeys({*way.asked, *MORE}, value)
    for name in way.asked:
        for value in ALONE:
            yield {name: value}


async def test_no_filter_whatever_breaks_a_page(desk: Desk, console_client: SignedIn) -> None:
    boss = await console_client("admin")
    known = await furnished(desk, boss)
    guilty: list[Any] = []
    for way in PAGES:
        for asked in filters(way):
            try:
                answer = await boss.get(way.at(known), **asked)
            except Exception as error:
                guilty.append((str(way), f"{asked}"[:80], f"{type(error).__name__}: {error}"[:160]))
            else:
                guilty += bad(way, answer, asked)
    assert guilty == [], guilty


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b'{"csrf": 1}'),
        ("multipart/form-data; boundary=x", b"--x\r\nbroken"),
        ("multipart/form-data", b"no boundary"),
        ("application/x-www-form-urlencoded", b"csrf=" + b"&" * 3000),
        ("text/plain", b"\xff\x00"),
    ],
)
async def test_a_body_that_is_no_form_is_refused_in_words(
    desk: Desk, console_client: SignedIn, kind: str, body: bytes
) -> None:
    boss = await console_client("admin")
    known = await furnished(desk, boss)
    guilty: list[Any] = []
    for way in DEEDS:
        headers = {"Content-Type": kind, "Origin": ORIGIN, "X-CSRF-Token": boss.csrf}
        if not way.fields:
            continue
        answer = await boss.client.post(way.at(known), content=body, headers=headers)
        guilty += bad(way, answer, kind)
    assert guilty == [], guilty
