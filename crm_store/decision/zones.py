"""Where a person's clock is: IANA zones from the time zone database that is installed with us, never the machine's own.

Two machines with another age of `/usr/share/zoneinfo` decide the same; the version is pinned with the packages.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from crm_store.decision.facts import Zone

SURE = frozenset({"said", "address", "temporary"})
"""Sources we take at their word. Others, such as a phone number that moved with its owner, get the shorter hours."""

GUESSED = frozenset({"shop", "unknown"})
"""Sources that say nothing of the person."""

_LOOK_FROM, _LOOK_WEEKS = datetime(2024, 1, 3, tzinfo=UTC), 52 * 15


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Hours have to be allowed in all `zones`; not `sure`: and within the shorter hours. `name` is for the trace."""

    zones: tuple[str, ...]
    sure: bool
    name: str


@lru_cache(maxsize=1024)
def zone_named(name: str) -> ZoneInfo | None:
    """None for a name that the database does not have."""
    if name not in _names():
        return None
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as compiled:
        return ZoneInfo.from_file(compiled, key=name)


@lru_cache(maxsize=512)
def zones_of(country: str) -> tuple[str, ...]:
    """The zones of a country (ISO 3166, two letters), those with the same clocks named once; empty if unknown."""
    seen: dict[tuple[timedelta | None, ...], str] = {}
    for name in _by_country().get(country.upper(), ()):
        seen.setdefault(_clocks(name), name)
    return tuple(seen.values())


@lru_cache(maxsize=4096)
def whereabouts(zone: Zone, shop: str) -> Whereabouts:
    """Where the clock of a person is, as far as we may be sure of it."""
    known = zone_named(zone.name) is not None
    if known and zone.source in SURE:
        return Whereabouts((zone.name,), True, zone.name)
    if everywhere := zones_of(zone.country):
        return Whereabouts(everywhere, True, zone.country)
    if known and zone.source not in GUESSED:
        return Whereabouts((zone.name,), False, zone.name)
    return Whereabouts((shop,), False, shop)


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    return frozenset(files("tzdata").joinpath("zones").read_text("utf-8").split())


@lru_cache(maxsize=1)
def _by_country() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for country, name in _rows():
        found.setdefault(country, []).append(name)
    return found


def _rows() -> Iterator[tuple[str, str]]:
    table = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text("utf-8")
    for line in table.splitlines():
        if line and not line.startswith("#"):
            country, _, name = line.split("\t")[:3]
            yield country, name


def _clocks(name: str) -> tuple[timedelta | None, ...]:
    zone = zone_named(name)
    return tuple((_LOOK_FROM + timedelta(weeks=week)).astimezone(zone).utcoffset() for week in range(_LOOK_WEEKS))
