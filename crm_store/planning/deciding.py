"""Pure: people decided, equal people once. Planning and rehearsal differ only in what becomes of it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from crm_store.decision.decide import decide
from crm_store.decision.decision import Decision, Outcome
from crm_store.decision.facts import Facts
from crm_store.decision.standing_text import standing_of
from crm_store.planning.briefing import Briefing
from crm_store.planning.page_rows import PageRows, Row
from crm_store.standings.bearing import Bearing
from crm_store.standings.contacts import Lately, Told, contacts_of
from crm_store.standings.holdout import held_out

GOES = frozenset({Outcome.SEND, Outcome.DEFER})
GOOD_FOR = timedelta(seconds=30)
"""For so long answers of one instant are those of the next one, too: what is sent is asked about again."""
MOST = 40_000
"""Answers remembered."""
_BORN = '{"born":"'
_UNTIL = len(_BORN) + len('2001-01-01",')


Key = tuple[str, tuple[Told, ...], bool, bool]


@dataclass(slots=True, eq=False)
class Answer:
    """One decision for everybody it holds for. `packed`: as it is stored, once it is."""

    decision: Decision
    standing: str
    packed: bytes = b""

    @property
    def name(self) -> str:
        """``outcome:reason``."""
        return f"{self.decision.outcome}:{self.decision.reason}"


class Deciding:
    """Answers about one occurrence at one instant, remembered for as long as this is kept."""

    def __init__(self, briefing: Briefing, now: datetime) -> None:
        self.briefing = briefing
        self.now = now
        # A campaign that is paused while it is planned is planned as if it ran: whoever sends asks again.
        paused = briefing.message.ready == "paused"
        self._message = replace(briefing.message, ready="running") if paused else briefing.message
        self._bearing = Bearing(self._message, now, briefing.policy)
        self._grown, self._minor = _ages(briefing, now)
        self._percent = briefing.plan.holdout_percent
        self._answers: dict[Key, Answer] = {}

    def holds(self, briefing: Briefing, now: datetime) -> bool:
        """Whether its answers are those that would be given now."""
        fresh = now - self.now < GOOD_FOR and len(self._answers) < MOST
        return fresh and briefing == self.briefing and briefing.held == self.briefing.held

    def answer(self, row: Row, lately: Lately, taken: bool = False) -> Answer:
        """What is decided for this person. `taken`: somebody of their household gets it."""
        customer_id, standing = row[0], row[1]
        if standing.startswith(_BORN):
            standing = self._ageless(standing)
        told: tuple[Told, ...] = ()
        if customer_id in lately.by_customer:
            told = lately.of(customer_id, self._message.occurrence)
            own = standing_of(standing).rules.at_most if '"at_most"' in standing else None
            told = self._bearing.of(told, lately.ranks, own)
        held = self._percent > 0 and held_out(self.briefing.campaign_id, customer_id, self._percent)
        key = (standing, told, held, taken)
        found = self._answers.get(key)
        if found is None:
            found = self._answers[key] = Answer(self._decide(key, lately), standing)
        return found

    def _ageless(self, standing: str) -> str:
        """By their birth dates people differ, but only on which side of an age they are counts."""
        born = standing[len(_BORN) : _UNTIL - 2]
        if born <= self._grown:
            return "{" + standing[_UNTIL:]
        return f"{_BORN}{self._minor}{standing[_UNTIL - 2 :]}" if born > self._minor else standing

    def _decide(self, key: Key, lately: Lately) -> Decision:
        standing, told, held, taken = key
        facts = Facts(standing_of(standing), True, held, taken, None, contacts_of(told, lately.ranks))
        return decide(facts, self._message, self.now, self.briefing.policy)


def decided(page: PageRows, deciding: Deciding) -> Iterable[Answer]:
    """The answer for each of the page's rows, in their order."""
    if deciding.briefing.plan.once_per_household:
        return _by_household(page, deciding)
    return (deciding.answer(row, page.lately) for row in page.rows)


def _by_household(page: PageRows, deciding: Deciding) -> Iterable[Answer]:
    """The first of a household who may be written to gets it."""
    gets: set[int] = set()
    # Neighbours are of earlier pages: they come first.
    for rows, here in ((page.neighbours, False), (page.rows, True)):
        for row in rows:
            answer = deciding.answer(row, page.lately, row[4] in gets)
            if row[4] is not None and answer.decision.outcome in GOES:
                gets.add(row[4])
            if here:
                yield answer


def counts(answers: Iterable[Answer]) -> Counter[str]:
    """How many people by ``outcome:reason``, of one answer for each of them."""
    found: Counter[str] = Counter()
    for answer, people in Counter(answers).items():
        found[answer.name] += people
    return found


def _ages(briefing: Briefing, now: datetime) -> tuple[str, str]:
    """Born on the first day or earlier: old enough, wherever they are. After the second one: too young everywhere."""
    age = briefing.policy.minimum_age.get(briefing.message.purpose)
    if age is None:
        return "9999", "9999"
    first, second = now - timedelta(days=2), now + timedelta(days=2)
    return f"{first.year - age:04}-{first:%m-%d}", f"{second.year - age:04}-{second:%m-%d}"
