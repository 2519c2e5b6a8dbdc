"""Pure: whether a shopper can be asked now how it went, and when to look again if not."""

from datetime import datetime, timedelta

from crm_store.remedies.follow_ups import ANSWER_WITHIN
from crm_store.talks.conversations import Control
from crm_store.talks.posting import LatestThread

QUIET_FOR = timedelta(minutes=10)
"""Nobody is interrupted who is just talking with us about something else."""
LOOK_AGAIN = timedelta(minutes=30)
BETWEEN_TWO = timedelta(days=1)
"""Between the questions about two cases of one shopper."""
REACH_AGAIN = timedelta(days=1)
GIVE_UP_AFTER = ANSWER_WITHIN + timedelta(days=1)
"""After this long without a way to the shopper the case is closed as if the question had stood unanswered."""


def ask_when(thread: LatestThread, allowed: datetime, now: datetime) -> datetime:
    """`now` to ask at once, else when to look again. `allowed`: the earliest the shopper's own rules permit."""
    waits = (allowed, _while_a_person_has_it(thread, now), _after_their_question(thread, now), _once_quiet(thread, now))
    return max(now, *waits)


def _while_a_person_has_it(thread: LatestThread, now: datetime) -> datetime:
    """A person holds the conversation, or is waited for: they ask better than we do."""
    return now if thread.control in {Control.BOT, Control.CLOSED} else now + LOOK_AGAIN


def _after_their_question(thread: LatestThread, now: datetime) -> datetime:
    """One open question at a time."""
    if not thread.awaiting:
        return now
    until = datetime.fromisoformat(str(thread.awaiting["until"]))
    if until <= now:
        return now
    ours = str(thread.awaiting["for"]).startswith("follow_up")
    return until - ANSWER_WITHIN + BETWEEN_TWO if ours else min(until, now + LOOK_AGAIN)


def _once_quiet(thread: LatestThread, now: datetime) -> datetime:
    return thread.last_in_at + QUIET_FOR if thread.last_in_at is not None else now
