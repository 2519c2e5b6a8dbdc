"""Pure: one page of people as decided, added to what was found. People alike are looked at once."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from crm_store.decision.day import open_day
from crm_store.decision.decision import Outcome
from crm_store.decision.facts import Contact, Facts
from crm_store.decision.standing_text import standing_of
from crm_store.decision.zones import zone_named
from crm_store.planning.deciding import Answer, Deciding
from crm_store.planning.page_rows import PageRows, Row
from crm_store.rehearsals.found import GOES, Example, Rehearsal, quarter_of
from crm_store.rehearsals.put_off import put_off
from crm_store.standings.contacts import contacts_of

Heap = tuple[Answer, Answer | None, str]
"""What is decided, what is by the other rules if there are any, and the lane it goes by, empty for none."""


class Noting:
    """Adds pages to `found`, decided by `rules`."""

    def __init__(self, found: Rehearsal, rules: Deciding) -> None:
        self._found = found
        self._briefing = rules.briefing
        self._at = rules.now

    def page(self, rows: PageRows, answers: Sequence[Answer], others: Sequence[Answer] | None = None) -> None:
        heaps: defaultdict[Heap, list[int]] = defaultdict(list)
        for place, (row, answer) in enumerate(zip(rows.rows, answers, strict=True)):
            other = others[place] if others is not None else None
            heaps[answer, other, self._lane(row, answer)].append(row[0])
            if answer.decision.outcome in GOES and row[0] in rows.lately.by_customer:
                self._puts_off(rows, row[0], answer)
        for (answer, other, lane), customers in heaps.items():
            self._heap(answer, lane, customers)
            if other is not None:
                self._compared(answer, other, customers)

    def _lane(self, row: Row, answer: Answer) -> str:
        channel = answer.decision.channel
        if channel is None or answer.decision.outcome not in GOES:
            return ""
        lane = self._briefing.plan.lanes.get(channel)
        return lane if lane is not None else str(json.loads(row[3])[channel][1])

    def _heap(self, answer: Answer, lane: str, customers: list[int]) -> None:
        found, decision, people = self._found, answer.decision, len(customers)
        goes_at = decision.until or self._at
        example = self._example(answer)
        found.counts[answer.name] += people
        found.show(found.examples, answer.name, customers, example)
        if decision.displaced_by is not None:
            found.collisions[decision.displaced_by] += people
            found.show(found.behind, f"waits_for:{decision.displaced_by}", customers, example)
        if decision.outcome not in GOES:
            return
        wall = self._wall(answer, goes_at)
        found.hours[wall.hour] += people
        found.days[wall.date().isoformat()] += people
        found.lanes[lane] += people
        found.due[lane][quarter_of(goes_at)] += people
        for name in (f"hour:{wall.hour}", f"day:{wall.date()}", f"lane:{lane}"):
            found.show(found.behind, name, customers, example)

    def _compared(self, answer: Answer, other: Answer, customers: list[int]) -> None:
        self._found.other_counts[other.name] += len(customers)
        if answer.name != other.name:
            move = f"{answer.name}>{other.name}"
            self._found.moves[move] += len(customers)
            self._found.show(self._found.behind, f"move:{move}", customers, self._example(answer))

    def _puts_off(self, rows: PageRows, customer: int, answer: Answer) -> None:
        message, decision = self._briefing.message, answer.decision
        told = rows.lately.of(customer, message.occurrence)
        if all(each[3] is None or rows.lately.ranks[each[3]] < message.rank for each in told):
            return
        ours = Contact(decision.until or self._at, message.purpose, decision.channel or "", message.rank)
        for occurrence in put_off(contacts_of(told, rows.lately.ranks), ours, self._briefing.policy):
            self._found.put_off[occurrence] += 1
            self._found.show(self._found.behind, f"puts_off:{occurrence}", [customer], self._example(answer))

    def _example(self, answer: Answer) -> Example:
        """With their day, where it is a matter of time."""
        decision = answer.decision
        told = (decision.outcome, decision.reason, decision.trace, decision.channel)
        example = Example(*told, decision.until, decision.displaced_by)
        if decision.outcome is not Outcome.DEFER or decision.until is None:
            return example
        facts, briefing = Facts(standing_of(answer.standing)), self._briefing
        days = tuple(dict.fromkeys(self._wall(answer, at).date() for at in (self._at, decision.until)))
        return replace(example, day=open_day(facts, briefing.message, briefing.policy, decision.until, days))

    def _wall(self, answer: Answer, at: datetime) -> datetime:
        """Their own clock, then."""
        standing = standing_of(answer.standing)
        away = standing.away if standing.away is not None and at.date().isoformat() <= standing.away.until else None
        zone = zone_named(away.zone if away is not None else standing.zone.name)
        return at.astimezone(zone or ZoneInfo(self._briefing.policy.zone))
