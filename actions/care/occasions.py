"""Birthdays, anniversaries and festivals a shopper tells us of, or wants to hear nothing about."""

from actions.base import Answer, Event, Turn
from actions.care.wishes import ASKED_DAY, carry_out
from actions.questions import open_question
from crm_store.people.occasion_words import OccasionWish
from crm_store.spoken_dates import SpokenDay, day_in
from crm_store.wishes.spoken import Said, SpokenWishes, read_wishes


class SetOccasion(Answer):
    """Notes each occasion and reads it back; asks for the day where there is no use without one."""

    called = "action_set_occasion"

    async def answer(self, turn: Turn) -> list[Event]:
        wishes = read_wishes(turn.shopper.text, turn.shopper.today, Said.OCCASIONS)
        if wishes.occasions:
            return await carry_out(turn, wishes)
        if not await take_day(turn):
            turn.voice.answer("occasion_which")
        return []


async def take_day(turn: Turn) -> bool:
    """When we had just asked for a day and there is one in the message: note it. Tells whether that was so."""
    question, day = open_question(turn), day_in(turn.shopper.text)
    if question.get("kind") != ASKED_DAY or day is None:
        return False
    calendar = str(question["calendar"]) if day.calendar == "solar" else day.calendar
    dated = SpokenDay(day.month, day.day, calendar, day.leap)
    wish = OccasionWish(str(question["occasion"]), dated, calendar, off=False, whom=str(question.get("whom", "")))
    await carry_out(turn, SpokenWishes(occasions=(wish,)))
    return True
