"""A database of a large shop's size: what the shop says of itself from the demo, people, words and cases by the set."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg

from bot.stack.schema import fill_demo, furnish, migrate

FILE = Path(__file__).with_suffix(".sql")
ZONE = "Asia/Singapore"
STAFF = 200


@dataclass(frozen=True)
class Size:
    """How many rows; the messages are spread evenly over the customers."""

    messages: int = 1_000_000
    cases: int = 100_000
    open_cases: int = 20_000
    customers: int = 50_000

    @property
    def tenth(self) -> "Size":
        return Size(*(figure // 10 for figure in vars(self).values()))


def plain(url: str) -> str:
    return url.replace("+psycopg", "", 1)


def cookie_of(number: int) -> str:
    """The cookie of the staff member `number`, from 1 on; its digest is in the database."""
    return f"crowd-{number}"


def fill(url: str, size: Size) -> None:
    """Does nothing when it is filled already."""
    migrate(url)
    now = datetime.now(ZoneInfo(ZONE))
    furnish(url, ZONE, now)
    fill_demo(url, now, lambda _: None)
    with psycopg.connect(plain(url)) as connection:
        if connection.execute("select 1 from teams where code = 'crowd1'").fetchone():
            return
        connection.execute("set synchronous_commit = off")
        for step, statements in _steps(size):
            began = time.monotonic()
            print(f"  {step:<28}", end="", flush=True)
            for statement in statements:
                connection.execute(statement.encode())
            print(f"{time.monotonic() - began:6.1f} s", flush=True)


def _steps(size: Size) -> Iterator[tuple[str, list[str]]]:
    told = re.sub(r":(messages|cases|open_cases|customers)\b", lambda m: str(vars(size)[m[1]]), FILE.read_text("utf-8"))
    for part in told.split("\n-- step: ")[1:]:
        name, _, rest = part.partition("\n")
        yield name, [each for each in rest.split(";\n") if each.strip()]
