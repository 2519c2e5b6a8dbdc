"""One complaint of the demo desk, told step by step: what was said, what happened, and what came of it."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from crm_store.cases.complaints import Complaint
from crm_store.cases.events import ComplaintEvent, Happened
from crm_store.demo.desk_time import HOUR
from crm_store.model import Words
from crm_store.people.identities import ChannelIdentity
from crm_store.remedies.follow_ups import FollowUp
from crm_store.remedies.remedy import Remedy
from crm_store.talks.conversations import Conversation, ConversationEvent
from crm_store.talks.interactions import Interaction

MINUTE = timedelta(minutes=1)
SCORES = {"yes": (4, 4, 5, 5, 5), "no": (1, 2)}


@dataclass
class Told:
    """Everything of one complaint, before it has ids. Events come with the message they are about."""

    identity: ChannelIdentity
    talk: Conversation
    case: Complaint | None = None
    messages: list[Interaction] = field(default_factory=list)
    events: list[tuple[ComplaintEvent, Interaction | None]] = field(default_factory=list)
    remedies: list[Remedy] = field(default_factory=list)
    follow_ups: list[FollowUp] = field(default_factory=list)
    lost: list[Interaction] = field(default_factory=list)
    turns: list[ConversationEvent] = field(default_factory=list)


class Story:
    """Tells one story on; every method named in `courses` of `stories.yml` is a step at a moment."""

    def __init__(self, told: Told, story: dict[str, Any], lines: dict[str, Words], values: dict[str, str]) -> None:
        self.told = told
        assert told.case is not None
        self.case = told.case
        self._story = story
        self._lines = lines
        self._values = values
        self._rng = random.Random(told.case.number)  # the same story for the same number
        self._handler = 0

    def begin(self, at: datetime) -> None:
        """The shopper tells it to the bot; the second message completes it, and the case is open."""
        self.says("shopper", self._story["opening"], at - 3 * MINUTE)
        self.says("bot", self._lines["ask"], at - 3 * MINUTE + timedelta(seconds=2))
        self.case.opened_at = at
        opening = self.says("shopper", self._story["more"], at)
        self.says("bot", self._lines["noted"], at + timedelta(seconds=2))
        self.happens(Happened.OPENED, "bot", at, about=opening)

    def go_to(self, handler: int) -> None:
        """Who takes it at the step `assign`."""
        self._handler = handler

    def assign(self, at: datetime) -> None:
        self.case.assignee_id = self._handler
        self.happens(Happened.ASSIGNED, "staff", at, {"from": None, "to": self._handler})
        self._move("acknowledged", "staff", at)

    def answer(self, at: datetime) -> None:
        self._answers(self._story["answer"], at)
        self.told.talk.control, self.told.talk.holder_id = "person", self._handler

    def investigate(self, at: datetime) -> None:
        self._move("investigating", "staff", at)

    def again(self, at: datetime) -> None:
        self._asks("again", at)

    def offer(self, at: datetime) -> None:
        kind = self._story["wanted"] if self._story["wanted"] != "other" else "coupon"
        cents = {"apology": 0, "coupon": 1000}.get(kind, self._rng.randrange(20, 120) * 100)
        decided = {"decided_by": self._handler, "decided_at": at}
        proposed = {"proposed_by": self._handler, "proposed_at": at, "reason": self._story["cause"]}
        self.told.remedies.append(Remedy(kind=kind, amount=cents, cost=cents, state="approved", **proposed, **decided))
        self._answers(self._lines[f"offer_{kind}"], at)
        self._move("remedy_offered", "staff", at)

    def accept(self, at: datetime) -> None:
        self.says("shopper", self._lines["accept"], at)
        self._move("accepted", "shopper", at)

    def decline(self, at: datetime) -> None:
        self._asks("decline", at)
        self.told.remedies[-1].state = "refused"
        self._move("declined", "shopper", at)

    def mend(self, at: datetime) -> None:
        remedy = self.told.remedies[-1]
        remedy.state, remedy.executed_at, remedy.told_at = "executed", at, at
        remedy.evidence = f"{remedy.kind[:2].upper()}-{self.case.number[1:]}"

    def done(self, at: datetime) -> None:
        remedy = self.told.remedies[-1]
        remedy.state, remedy.arrived_at, self.case.done_at = "arrived", at, at
        self._answers(self._lines["done"], at)
        self._move("done", "staff", at)
        self.told.follow_ups.append(FollowUp(ordinal=1, due_at=at + 72 * HOUR))
        self.told.talk.control, self.told.talk.holder_id = "bot", None

    def follow_up(self, at: datetime) -> None:
        asked = self.says("house", self._lines["follow_up"], at)
        self.told.follow_ups[-1].asked_at = asked.at

    def agree(self, at: datetime) -> None:
        self._judges("yes", at)
        self._move("confirmed", "shopper", at)

    def disagree(self, at: datetime) -> None:
        self._judges("no", at)

    def reopen(self, at: datetime) -> None:
        said = self.says("shopper", self._lines["again_wrong"], at)
        detail = {"from": self.case.state, "to": "investigating", "count": 1, "why": ""}
        self.happens(Happened.REOPENED, "shopper", at, detail, said)
        self.case.state, self.case.urgent, self.case.reopened, self.case.done_at = "investigating", True, 1, None

    def close(self, at: datetime) -> None:
        for follow_up in self.told.follow_ups:
            if follow_up.answered_at is None:
                follow_up.lapsed_at = at
        self._move("closed", "staff", at)
        self.case.closed_at = at

    def lost(self, at: datetime) -> None:
        """A message that did not arrive: it answers nobody."""
        message = self.says("staff", self._lines["lost"], at)
        message.delivery, message.sent_at, message.seq = "failed", None, None
        self.told.talk.last_seq -= 1
        self.told.lost.append(message)

    def _answers(self, words: Words, at: datetime) -> None:
        self.happens(Happened.ANSWERED, "staff", at, about=self.says("staff", words, at))

    def _asks(self, line: str, at: datetime) -> None:
        self.happens(Happened.ASKED, "shopper", at, about=self.says("shopper", self._lines[line], at))

    def _judges(self, answer: str, at: datetime) -> None:
        said = self.says("shopper", self._lines[f"follow_{answer}"], at)
        follow_up = self.told.follow_ups[-1]
        follow_up.answered_at, follow_up.answer, follow_up.words = at, answer, said.text
        follow_up.score = self._rng.choice(SCORES[answer])

    def _move(self, to: str, who: str, at: datetime) -> None:
        self.happens(Happened.STATE, who, at, {"from": self.case.state, "to": to})
        self.case.state, self.case.changed_at = to, at
        self.case.waits_for = "shopper" if to in {"remedy_offered", "done", "confirmed"} else "us"

    def says(self, author: str, words: Words, at: datetime) -> Interaction:
        """One message in the shopper's language."""
        text = words[self.case.language].format_map(self._values)
        return said(self.told, author, text, at, self._handler if author == "staff" else None)

    def happens(
        self, kind: Happened, who: str, at: datetime, detail: Any = None, about: Interaction | None = None
    ) -> None:
        staff_id = self._handler if who == "staff" else None
        event = ComplaintEvent(at=at, kind=kind, by=who, staff_id=staff_id, detail=detail or {})
        self.told.events.append((event, about))


def said(told: Told, author: str, text: str, at: datetime, staff_id: int | None = None) -> Interaction:
    """The next message of the thread, which the other side has read."""
    told.talk.last_seq += 1
    came_in = author == "shopper"
    message = Interaction(
        customer_id=told.identity.customer_id,
        direction="in" if came_in else "out",
        author=author,
        staff_id=staff_id,
        text=text,
        language=told.talk.language,
        delivery="received" if came_in else "delivered",
        seq=told.talk.last_seq,
        at=at,
        sent_at=None if came_in else at,
    )
    if came_in:
        told.talk.last_in_at = at
    told.messages.append(message)
    return message
