"""What every action is: it declares the proof it needs, reads the store in one transaction, and says one thing."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from actions.shopper import Shopper, shopper_of
from actions.voice import Lines, Voice, payload
from crm_store.crm import Crm
from crm_store.database import Store
from crm_store.people.proof import ProofLevel

Event = dict[str, Any]
PENDING = "pending"
MISSES = "misses"


@dataclass(frozen=True)
class Tools:
    """What actions are built with. `zone` is the shop's own, for shoppers whose zone is not known.

    `hearers` are asked first, in order, whatever a message was taken for: one that gives events has answered it.
    """

    store: Store
    now: Callable[[], datetime]
    lines: Lines
    zone: ZoneInfo
    hearers: "tuple[Callable[[Turn], Awaitable[list[Event] | None]], ...]"


@dataclass(frozen=True)
class Turn:
    """One call of an action: the open transaction, the shopper, the dialogue so far, and a voice."""

    crm: Crm
    shopper: Shopper
    tracker: Tracker
    voice: Voice

    def chosen(self, entity: str) -> str | None:
        """The fact a pressed button brought along."""
        value = next(iter(self.tracker.get_latest_entity_values(entity)), None)
        return str(value) if value is not None else None

    @property
    def pending(self) -> dict[str, Any]:
        """The question of ours that waits for a yes or no, or for a day."""
        return dict(self.tracker.get_slot(PENDING) or {})

    @property
    def touch(self) -> int | None:
        """The context of our message that this one may answer (`crm.contexts`)."""
        told = (self.tracker.latest_message.get("metadata") or {}).get("touch")
        return int(told) if told is not None else None

    @property
    def quoted(self) -> str:
        """What the channel calls the message this one replies to; empty when it does not tell."""
        return str((self.tracker.latest_message.get("metadata") or {}).get("quoted", ""))

    async def words(self) -> str:
        """What the shopper said in this turn, exactly as it was stored."""
        return (await self.crm.interactions.get(self.shopper.interaction_id)).text


class Answer(Action, ABC):
    """One action. `called` is its name in the domain; `needs` the proof without which it shows nothing."""

    called: ClassVar[str]
    needs: ClassVar[ProofLevel] = ProofLevel.CHANNEL
    hears_first: ClassVar[bool] = True

    def __init__(self, tools: Tools) -> None:
        self.tools = tools

    def name(self) -> str:
        return self.called

    def needs_now(self, turn: Turn) -> ProofLevel:
        """The proof this turn needs, where it depends on what was asked."""
        return self.needs

    def wanted(self, turn: Turn) -> str:
        """What to ask again once the shopper has proved who they are."""
        return payload(turn.tracker.latest_message["intent"]["name"], **_facts(turn))

    @abstractmethod
    async def answer(self, turn: Turn) -> list[Event]:
        """Say it; gives the events for the dialogue."""

    async def take(self, turn: Turn) -> list[Event]:
        """Answer, or ask for proof and say nothing else."""
        if turn.shopper.level < self.needs_now(turn):
            turn.voice.wish("prove", wanted=self.wanted(turn))
            return []
        return await self.answer(turn)

    async def _heard(self, turn: Turn) -> list[Event] | None:
        for hearer in self.tools.hearers:
            events = await hearer(turn)
            if events is not None:
                return events
        return None

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[Event]:
        async with self.tools.store.transaction() as crm:
            shopper = await shopper_of(crm, tracker, self.tools.now(), self.tools.zone)
            turn = Turn(crm, shopper, tracker, Voice(dispatcher, self.tools.lines, shopper.language, shopper.today))
            heard = await self._heard(turn) if self.hears_first else None
            events = await self.take(turn) if heard is None else heard
        return [*_forgotten(tracker, events), *events]


def _facts(turn: Turn) -> dict[str, str]:
    entities: Sequence[dict[str, Any]] = turn.tracker.latest_message.get("entities") or []
    return {str(entity["entity"]): str(entity["value"]) for entity in entities}


def _forgotten(tracker: Tracker, events: list[Event]) -> list[Event]:
    """A question of ours lapses, and misunderstandings are over, as soon as anything else is talked about."""
    kept = {event.get("name") for event in events if event.get("event") == "slot"}
    return [SlotSet(slot, None) for slot in (PENDING, MISSES) if slot not in kept and tracker.get_slot(slot)]
