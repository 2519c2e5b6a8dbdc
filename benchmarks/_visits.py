"""Pages somebody of the staff asks for: the inbox in its tabs, and the search in every kind."""

import time
from collections import defaultdict
from collections.abc import Callable

import aiohttp

from benchmarks._crowd import cookie_of

HANDLER, SUPERVISOR = 33, 36
TABS = ("mine", "all", "team", "overdue", "unassigned", "all&category=refund", "closed")
SEARCHES = {
    "number of a case": "C50123",
    "a name": "Priya Goh",
    "a Chinese name": "陈晓梅",
    "an English word": "umbrella",
    "a Chinese word": "充电宝",
    "a rare word": "saffron",
    "two common words": "refund kettle",
    "a very frequent word": "the",
    "a very frequent Chinese word": "退款",
    "nothing there": "zzyzx",
    "a phone number": "+65 8100 7007",
}

Pages = dict[str, list[float]]


async def visit(http: aiohttp.ClientSession, url: str, rounds: int, going_on: Callable[[], bool]) -> Pages:
    """Milliseconds of each page, one after another, by a handler and a supervisor in turn."""
    took: Pages = defaultdict(list)
    pages = {f"inbox, {tab}": f"/console/inbox?view={tab}" for tab in TABS}
    asked = {f"search, {kind}": words for kind, words in SEARCHES.items()}
    for number in range(rounds):
        headers = {"Cookie": f"careloop_staff={cookie_of((HANDLER, SUPERVISOR)[number % 2])}"}
        for name in (*pages, *asked):
            if not going_on():
                return took
            began = time.monotonic()
            words = {"q": asked[name]} if name in asked else None
            async with http.get(url + pages.get(name, "/console/search"), headers=headers, params=words) as answer:
                await answer.read()
                assert answer.status == 200, f"{name} answered {answer.status}"
            took[name].append((time.monotonic() - began) * 1000)
    return took
