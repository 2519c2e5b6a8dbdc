"""Handing a conversation to a person and back: who is there, when they are back, what the shopper is told."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.conversation.scene import Offer, Reply, Scene
from crm_store.crm import Crm
from crm_store.sentences import Sentences
from crm_store.talks.conversations import Change, Control

BACK_PAYLOAD = "careloop:back"


@dataclass(frozen=True)
class DeskHours:
    """When people are there: the same span on each of `days` (0 = Monday), in the shop's zone."""

    days: frozenset[int]
    opens: time
    closes: time
    zone: ZoneInfo

    def open_at(self, now: datetime) -> bool:
        here = now.astimezone(self.zone)
        return here.weekday() in self.days and self.opens <= here.time() < self.closes

    def next_opening(self, now: datetime) -> datetime:
        """The earliest opening after `now`. The local wall time is built first, then placed in its zone."""
        here = now.astimezone(self.zone)
        for ahead in range(9):
            day = here.date() + timedelta(days=ahead)
            opening = datetime.combine(day, self.opens, self.zone)
            if day.weekday() in self.days and opening > now:
                return opening
        raise ValueError("the desk never opens")


class Handoff:
    """Moves the control of a conversation and finds the words for it."""

    def __init__(self, sentences: Sentences, hours: DeskHours) -> None:
        self._sentences = sentences
        self._hours = hours

    async def to_a_person(self, crm: Crm, scene: Scene, reason: str) -> list[Reply]:
        """WAITING while the desk is open, else PARKED until it opens; the bot is silent from here on."""
        if self._hours.open_at(scene.now):
            change = Change(Control.WAITING, "bot", reason)
            words = self._sentences.say("handed_over", scene.language)
        else:
            opening = self._hours.next_opening(scene.now)
            change = Change(Control.PARKED, "bot", reason, parked_until=opening)
            words = self._sentences.say("parked", scene.language, opening=self._spoken(opening, scene.language))
        await crm.conversations.hand(scene.conversation, change, scene.now)
        return [Reply(words, (self._back(scene.language),))]

    async def back_to_the_bot(self, crm: Crm, scene: Scene) -> list[Reply]:
        """The shopper goes on with the bot; a new dialogue begins."""
        await crm.conversations.hand(scene.conversation, Change(Control.BOT, "shopper", "asked"), scene.now)
        await crm.conversations.remember(scene.conversation.id, [], scene.now)
        return [Reply(self._sentences.say("here_again", scene.language))]

    def still_waiting(self, scene: Scene) -> Reply:
        """What is said, once in a while, to somebody who writes on while nobody has come yet."""
        return Reply(self._sentences.say("still_waiting", scene.language), (self._back(scene.language),))

    def _back(self, language: str) -> Offer:
        return Offer(self._sentences.say("back_to_bot", language), BACK_PAYLOAD)

    def _spoken(self, opening: datetime, language: str) -> str:
        weekday = self._sentences.say(f"weekday_{opening.weekday()}", language)
        return self._sentences.say(
            "opening",
            language,
            weekday=weekday,
            day=str(opening.day),
            month=str(opening.month),
            time=f"{opening:%H:%M}",
        )
