"""Who joined: names, ways to reach them, birthdays and homes as one meets them in Singapore."""

import random
import re
import unicodedata
from collections import Counter
from datetime import date
from typing import Any

from crm_store.demo.calendar import TIME_ZONE, days
from crm_store.demo.pages import page
from crm_store.demo.shelves import Shelves
from crm_store.people.customers import Customer

LEAP_YEAR = 2000
"""Stands in where the year of birth is not known: it has every day."""
LONGEST_MEMBER = 2_400
"""Days since the first of them joined."""


class Registry:
    """Makes members; no e-mail address and no phone twice."""

    def __init__(self, shelves: Shelves, today: date, rng: random.Random) -> None:
        self._shelves = shelves
        self._today = today
        self._rng = rng
        self._names = page("names")
        self._mail: Counter[str] = Counter()
        phones = [f"+65{prefix}{number:04}" for prefix in (8123, 9123) for number in range(10, 10_000)]
        rng.shuffle(phones)
        self._phones = iter(phones)

    def joined(self) -> Customer:
        """Somebody who joined some time ago; without a member number yet."""
        community = self._picked("communities")
        name, spelt = self._name(community)
        home = self._picked("homes")
        born, year_known = self._birthday()
        lunar = community["language"] == "zh" and self._rng.random() < 0.15 and born is not None and born.day < 29
        return Customer(
            name=name,
            language=community["language"],
            time_zone=TIME_ZONE,
            time_zone_source="shop",
            birth_date=born,
            birth_year_known=year_known,
            birth_calendar="lunar" if lunar else "solar",
            home_store_id=self._shelves.store(home["store"]).id,
            tier="member",
            email=self._email(spelt) if self._rng.random() < 0.92 else None,
            phone=next(self._phones),
            address=self._address(home) if self._rng.random() < 0.9 else None,
            joined_on=self._today - days(self._rng.randint(3, LONGEST_MEMBER)),
        )

    def _picked(self, group: str) -> Any:
        choices = self._names[group]
        return self._rng.choices(choices, [choice["share"] for choice in choices])[0]

    def _name(self, community: dict[str, Any]) -> tuple[str, str]:
        """As written, and spelt in Latin letters with the given name first."""
        family, given = self._rng.choice(community["family"]), self._rng.choice(community["given"])
        if community["language"] == "en":
            return f"{given} {family}", f"{given}.{family}"
        (family, family_spelt), (given, given_spelt) = family.split(), given.split()
        return family + given, f"{given_spelt}.{family_spelt}"

    def _email(self, spelt: str) -> str:
        plain = unicodedata.normalize("NFKD", spelt).lower()
        name = re.sub(r"[^a-z.]", "", plain)
        self._mail[name] += 1
        number = "" if self._mail[name] == 1 else str(self._mail[name])
        return f"{name}{number}@{self._rng.choice(self._names['mail'])}"

    def _birthday(self) -> tuple[date | None, bool]:
        """The date, and whether its year is known."""
        roll = self._rng.random()
        if roll < 0.12:
            return None, True
        if roll < 0.13:
            return date(self._rng.choice((1968, 1976, 1984, 1992, LEAP_YEAR)), 2, 29), True
        born = date(self._rng.randint(1948, 2006), 1, 1) + days(self._rng.randrange(365))
        if roll < 0.2:
            return born.replace(year=LEAP_YEAR), False
        return born, True

    def _address(self, home: dict[str, Any]) -> str:
        block, floor, unit = self._rng.randint(1, 899), self._rng.randint(2, 25), self._rng.randint(1, 480)
        road = self._rng.choice(home["roads"])
        return f"Blk {block} {road} #{floor:02}-{unit:02}, Singapore {home['postal']}{self._rng.randint(0, 9999):04}"
