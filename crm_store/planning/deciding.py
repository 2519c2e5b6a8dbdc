"""Pure: one page of people decided, equal people once. Planning and rehearsal differ only in what becomes of it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from crm_store.decision.decide import decide
from crm_store.decision.decision import Decision, Outcome
from crm_store.decision.facts import Facts
from crm_store.decision.standing_text import standing_of
from crm_store.planning.briefing import Briefing
from crm_store.planning.contacts import Lately, Told, contacts_of
from crm_store.planning.holdout import held_out
from crm_store.planning.page_rows import PageRows, Row

GOES = frozenset({Outcome.SEND, Outcome.DEFER})
_BORN = '{"born":"'
_UNTIL = len(_BORN) + len("2001-01-01") + len('",')


@dataclass(slots=True, eq=False)
class Answer:
    """One decision and for how many people it holds."""

    decision: Decision
    people: int = 0


class Decided(NamedTuple):
    """A person with the answer. The texts are JSON, as in the standing; see `Row`."""

    customer_id: int
    answer: Answer
    permissions: str
    addresses: str
    event_id: int | None


class Deciding:
    """Answers about one occurrence at one instant, remembered for as long as this is kept: for a page."""

    def __init__(self, briefing: Briefing, now: datetime, lately: Lately) -> None:
        self._briefing = briefing
        self._now = now
        self._lately = lately
        # A campaign that is paused while it is planned is planned as if it ran: whoever sends asks again.
        paused = briefing.message.ready == "paused"
        self._message = replace(briefing.message, ready="running") if paused else briefing.message
        self._rank = self._message.rank
        self._grown = _grown(briefing, now)
        self._answers: dict[tuple[str, tuple[Told, ...], bool, bool], Answer] = {}

    @property
    def answers(self) -> Iterable[Answer]:
        """Every different answer that holds for somebody."""
        return (answer for answer in self._answers.values() if answer.people)

    def answer(self, row: Row, taken: bool = False) -> Answer:
        """What is decided for this person. `taken`: somebody of their household gets it."""
        contacts = self._contacts(row[0])
        held = held_out(self._briefing.campaign_id, row[0], self._briefing.plan.holdout_percent)
        key = (self._known(row[1]), contacts, held, taken)
        found = self._answers.get(key)
        if found is None:
            found = self._answers[key] = Answer(self._decide(*key))
        return found

    def _decide(self, standing: str, contacts: tuple[Told, ...], held: bool, taken: bool) -> Decision:
        facts = Facts(standing_of(standing), True, held, taken, None, contacts_of(contacts))
        return decide(facts, self._message, self._now, self._briefing.policy)

    def _contacts(self, customer_id: int) -> tuple[Told, ...]:
        """Those that can matter: what is reserved for whoever comes after us does not."""
        if customer_id not in self._lately.by_customer:
            return ()
        told = self._lately.of(customer_id, self._message.occurrence)
        return tuple(each for each in told if each[3] is None or each[3] < self._rank)

    def _known(self, standing: str) -> str:
        """Without the birth date of who is old enough for anything: by it people differ, and for nothing else."""
        if standing.startswith(_BORN) and standing[len(_BORN) : _UNTIL - 2] <= self._grown:
            return "{" + standing[_UNTIL:]
        return standing


def decided(page: PageRows, deciding: Deciding, once_per_household: bool) -> Iterable[Decided]:
    """Everybody of the page, one by one, by customer. Of a household the first who may be written to gets it."""
    gets: set[int] = set()
    for row, here in _in_order(page):
        home = row[4] if once_per_household else None
        answer = deciding.answer(row, home is not None and home in gets)
        if home is not None and answer.decision.outcome in GOES:
            gets.add(home)
        if here:
            answer.people += 1
            yield Decided(row[0], answer, row[2], row[3], row[5])


def counts(answers: Iterable[Answer]) -> dict[str, int]:
    """How many people by ``outcome:reason``."""
    found: Counter[str] = Counter()
    for answer in answers:
        found[f"{answer.decision.outcome}:{answer.decision.reason}"] += answer.people
    return dict(found)


def _in_order(page: PageRows) -> Iterable[tuple[Row, bool]]:
    """Neighbours are of earlier pages: they come first."""
    yield from ((row, False) for row in page.neighbours)
    yield from ((row, True) for row in page.rows)


def _grown(briefing: Briefing, now: datetime) -> str:
    """Born on this day or earlier: old enough, wherever they are."""
    age = briefing.policy.minimum_age.get(briefing.message.purpose)
    if age is None:
        return "9999"
    yesterday = now - timedelta(days=2)
    return f"{yesterday.year - age:04}-{yesterday:%m-%d}"
