"""Pure: which lines of the inbox an address asks for. What it says wrong, it does not say."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode

from crm_store.queue.queue_filter import QueueFilter, View

CHANNELS = ("webchat", "telegram", "email")
CATEGORIES = (
    "safety",
    "delivery",
    "broken",
    "wrong_item",
    "missing_item",
    "charge",
    "refund",
    "quality",
    "staff",
    "waiting",
    "other",
)
SEVERITIES = ("normal", "high")
LONGEST = 80


@dataclass(frozen=True)
class Wanted:
    """The tab, the filters, and the cursor of the page; empty means any. `handler` is a staff id."""

    view: View = View.MINE
    channel: str = ""
    category: str = ""
    severity: str = ""
    tag: str = ""
    handler: int = 0
    after: str = ""

    @property
    def filter(self) -> QueueFilter:
        return QueueFilter(
            self.view,
            self.channel or None,
            self.category or None,
            self.severity or None,
            tag=self.tag or None,
            handler=self.handler or None,
        )

    @property
    def query(self) -> str:
        """The same again, to be read by `wanted_of`; also the argument of a live part."""
        return _query(self)

    @property
    def is_narrowed(self) -> bool:
        return replace(self, view=View.MINE, after="") != Wanted()

    @property
    def is_personal(self) -> bool:
        return self.view is View.MINE

    def at(self, view: View) -> "Wanted":
        """The same filters in another tab."""
        return replace(self, view=view, after="")

    def below(self, cursor: str) -> "Wanted":
        """The next page."""
        return replace(self, after=cursor)

    @property
    def without_filters(self) -> "Wanted":
        return Wanted(self.view)


@lru_cache(maxsize=512)
def _query(wanted: Wanted) -> str:
    named = {name: str(value) for name, value in vars(wanted).items() if value}
    # A tilde is the one sign that is left as it is and that no argument of a live part may hold.
    return urlencode(named).replace("~", "%7E")


def wanted_of(query: Mapping[str, str]) -> Wanted:
    """What is unknown counts as not asked."""
    told = {name: query.get(name, "").strip()[:LONGEST] for name in Wanted.__annotations__}
    view = told["view"]
    return Wanted(
        view=View(view) if view in set(View) else View.MINE,
        channel=_one_of(CHANNELS, told["channel"]),
        category=_one_of(CATEGORIES, told["category"]),
        severity=_one_of(SEVERITIES, told["severity"]),
        tag=told["tag"],
        handler=int(told["handler"]) if told["handler"].isdecimal() and len(told["handler"]) < 18 else 0,
        after=told["after"],
    )


@lru_cache(maxsize=512)
def wanted_in(argument: str) -> Wanted:
    """The argument of a live part, as `query` wrote it."""
    return wanted_of(dict(parse_qsl(argument)))


def _one_of(known: tuple[str, ...], told: str) -> str:
    return told if told in known else ""
