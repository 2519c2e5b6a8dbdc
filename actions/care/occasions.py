"""Birthdays, anniversaries and festivals a shopper tells us of, or wants to hear nothing about."""

from actions.base import Answer, Event, Turn
from actions.questions import ask, open_question
from crm_store.people.occasion_words import OccasionWish, read_occasions
from crm_store.people.preferences import OccasionNote, Told
from crm_store.spoken_dates import SpokenDay, day_in

ASKED_DAY = "occasion_day"


class SetOccasion(Answer):
    """Notes each occasion and reads it back; asks for the day where there is no use without one."""

    called = "action_set_occasion"

    async def answer(self, turn: Turn) -> list[Event]:
        wishes = read_occasions(turn.shopper.text, turn.shopper.today)
        if not wishes:
            if not await take_day(turn):
                turn.voice.answer("occasion_which")
            return []
        whole = [wish for wish in wishes if not wish.needs_day]
        if whole:
            await _note(turn, whole)
        return [_ask_day(turn, wish) for wish in wishes if wish.needs_day][:1]


async def take_day(turn: Turn) -> bool:
    """When we had just asked for a day and there is one in the message: note it. Tells whether that was so."""
    question, day = open_question(turn), day_in(turn.shopper.text)
    if question.get("kind") != ASKED_DAY or day is None:
        return False
    calendar = str(question["calendar"]) if day.calendar == "solar" else day.calendar
    dated = SpokenDay(day.month, day.day, calendar)
    await _note(turn, [OccasionWish(str(question["occasion"]), dated, calendar, off=False)])
    return True


def _ask_day(turn: Turn, wish: OccasionWish) -> Event:
    turn.voice.answer("occasion_day", occasion=turn.voice.line(f"occasion_{wish.kind}"))
    return ask(turn, ASKED_DAY, occasion=wish.kind, calendar=wish.calendar)


async def _note(turn: Turn, wishes: list[OccasionWish]) -> None:
    shopper = turn.shopper
    told = Told(await turn.words(), shopper.interaction_id, shopper.now)
    for wish in wishes:
        await turn.crm.preferences.note(shopper.who, _as_note(wish), told)
    turn.voice.answer(
        "occasion_noted", occasions=turn.voice.listed(occasion_line(turn, _as_note(wish)) for wish in wishes)
    )


def _as_note(wish: OccasionWish) -> OccasionNote:
    if wish.day is None:
        return OccasionNote(wish.kind, None, None, wish.calendar, wish.off)
    return OccasionNote(wish.kind, wish.day.month, wish.day.day, wish.day.calendar, wish.off)


def occasion_line(turn: Turn, note: OccasionNote) -> str:
    """One occasion in words."""
    name = turn.voice.line(f"occasion_{note.kind}")
    if note.off:
        return turn.voice.line("occasion_off", occasion=name)
    if note.month is None or note.day is None:
        return turn.voice.line("occasion_on", occasion=name)
    return turn.voice.line(
        "occasion_dated", occasion=name, day=turn.voice.day_of_year(note.month, note.day, note.calendar)
    )
