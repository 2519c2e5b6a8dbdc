"""Pure: one touch that was asked about again, from its decision to its words."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, Protocol

from crm_store.decision.decide import decide
from crm_store.decision.decision import Decision, Outcome, Reason
from crm_store.decision.facts import Facts
from crm_store.people.consent import STOPPABLE
from crm_store.planning.briefing import Briefing
from crm_store.planning.candidates import Candidate, Sent, sent_by
from crm_store.plans.wording import ContentMissing, ValueMissing, WordingBroken
from crm_store.sending.drafting import Addressee, Sender, worded
from crm_store.sending.letter import Letter
from crm_store.sending.taking import TakenTouch, ThreadOf
from crm_store.sending.writing import Draft, Judged

_BESIDE_STANDING = tuple(field.name for field in fields(Facts) if field.name != "standing")


class Lacking(Protocol):
    """Somebody a message has nothing to say to: `name` is the first variable without a value."""

    @property
    def name(self) -> str: ...


@dataclass(frozen=True)
class Asked:
    """One taken touch with what is known of it and what was decided. `lacks` names what its message could not say."""

    touch: TakenTouch
    briefing: Briefing
    candidate: Candidate
    decision: Decision
    sent: Sent
    lacks: str = ""

    @property
    def customer_id(self) -> int:
        return self.touch.customer_id

    @property
    def language(self) -> str:
        return self.candidate.facts.standing.language

    @property
    def is_left_alone(self) -> bool:
        """Its campaign was paused this very moment: it waits as if nobody had asked."""
        return self.decision.reason is Reason.PAUSED and not self.briefing.held

    def goes_by(self, lane: str) -> bool:
        return self.decision.outcome is Outcome.SEND and self.sent.lane == lane and self.sent.identity_id is not None

    def judged(self) -> Judged:
        trace = self.decision.trace
        if self.lacks:
            trace = (*trace[:-1], replace(trace[-1], detail=self.lacks))
        return Judged(self.touch.occurrence_id, self.customer_id, self.decision, self.sent, trace)

    def words(self, values: Mapping[str, str] | Lacking | None, sender: Sender) -> dict[str, Any] | str:
        """What it says, or the name of what it lacks."""
        if values is None or not isinstance(values, Mapping):
            return values.name if values else "values"
        may_leave = self.briefing.message.purpose in STOPPABLE
        channel = self.decision.channel or ""
        whom = Addressee(self.touch.occurrence_id, self.customer_id, channel, self.language, may_leave)
        try:
            return worded(self.briefing.plan, whom, {**sender.values(self.customer_id, self.language), **values})
        except (ContentMissing, ValueMissing, WordingBroken) as error:
            return str(error)

    def draft(self, thread: ThreadOf, body: dict[str, Any], trace_id: int) -> Draft:
        """The columns of its rows."""
        assert self.sent.identity_id is not None
        return Draft(
            occurrence_id=self.touch.occurrence_id,
            customer_id=self.customer_id,
            purpose=self.briefing.message.purpose,
            channel=self.decision.channel or "",
            identity_id=self.sent.identity_id,
            conversation_id=thread.conversation_id,
            address=thread.address,
            control_version=thread.control_version,
            body=body,
            expires_at=self.touch.expires_at,
            tries=self.touch.tries + 1,
            reason=self.decision.reason,
            policy_version=self.decision.policy_version,
            trace_id=trace_id,
            consent_id=self.sent.consent_id,
        )

    def letter(self, draft: Draft, thread: ThreadOf, outbox_id: int, now: datetime) -> Letter:
        """As its sender knows it."""
        return Letter(
            id=outbox_id,
            conversation_id=thread.conversation_id,
            identity_id=draft.identity_id,
            occurrence_id=draft.occurrence_id,
            customer_id=draft.customer_id,
            campaign_id=self.briefing.campaign_id,
            purpose=draft.purpose,
            address=draft.address,
            body=draft.body,
            decided_at=now,
            expires_at=draft.expires_at,
            seen=self.touch.seen,
            tries=draft.tries,
            held=thread.held,
        )


class Judge:
    """Decides at one instant; equal people are decided once."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._known: dict[tuple[object, ...], Decision] = {}

    def ask(self, touch: TakenTouch, briefing: Briefing, candidate: Candidate) -> Asked:
        """Decide, and see where that leads."""
        decision = self._decided(briefing, candidate.facts)
        sent = sent_by(decision, briefing.plan.lanes, candidate.permissions, candidate.addresses)
        return Asked(touch, briefing, candidate, decision, sent)

    def without(self, asked: Asked, what: str) -> Asked:
        """The same, of a person the message has nothing to say to."""
        facts = replace(asked.candidate.facts, eligible=False)
        again = self.ask(asked.touch, asked.briefing, replace(asked.candidate, facts=facts))
        return replace(again, lacks=what)

    def _decided(self, briefing: Briefing, facts: Facts) -> Decision:
        # Standings of equal text are one object: it is enough to compare which.
        key = (briefing.message.occurrence, id(facts.standing), *(getattr(facts, name) for name in _BESIDE_STANDING))
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = decide(facts, briefing.message, self._now, briefing.policy)
        return found
