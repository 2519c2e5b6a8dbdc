"""What happens by the clock, put together: housekeeping, promises, notices, apologies, follow-ups, radar, care."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import scheduler
from bot.files.housekeeping import tidy_files
from bot.files.vault import Vault
from crm_store.database import Store
from crm_store.sentences import read_sentences
from scheduler.apologies import Apologies
from scheduler.care.jobs import CareJobs
from scheduler.care.tending import Tending
from scheduler.care.ticks import Ticks
from scheduler.clock import Clock
from scheduler.follow_ups import FollowUpRounds
from scheduler.handback import HandBack
from scheduler.later import LaterSending
from scheduler.notices import Letterbox, Notices
from scheduler.promises import Promises
from scheduler.radar import Radar
from scheduler.remedy_words import RemedyWords

SENTENCES = Path(scheduler.__file__).with_name("sentences.yml")


@dataclass(frozen=True)
class Premises:
    """The shop's zone, its name by language, its own address, and for how many days raw events are kept.

    `return_after`: so long a person may hold a conversation in which nobody writes. `database_url`: for the queue of
    long works, which has connections of its own. `vault`: where shoppers' files lie.
    """

    zone: ZoneInfo
    name: Mapping[str, str]
    base_url: str
    raw_days: int
    database_url: str
    return_after: timedelta = timedelta(hours=24)
    vault: Vault | None = None


Works = dict[str, Callable[[], Awaitable[None]]]


def _care(clock: Clock, store: Store, premises: Premises, now: Callable[[], datetime]) -> Works:
    """Campaigns fire, are planned, looked at again and ended; what they wait for is found."""
    jobs = CareJobs(premises.database_url, now)
    ticks = Ticks(store, jobs, premises.zone.key, now)
    tending = Tending(store, jobs, premises.zone, now)
    clock.every(5, "ticks", ticks.look)
    clock.every(60, "ticks_again", ticks.look_again)
    clock.every(60, "tending", tending.round)
    clock.every(180, "care_events", tending.sweep)
    clock.nightly(2, 15, "lifecycles", tending.nightly)
    return {"ticks": ticks.run, "jobs": jobs.run}


@contextmanager
def clockwork(store: Store, premises: Premises, lanes: Iterable[str], now: Callable[[], datetime]) -> Iterator[Works]:
    """Goes while the block runs; what it gives is to run in the background, so that a nudge is heard at once.

    Staff are told by those of the lanes that are of e-mail or Telegram.
    """
    sentences = read_sentences(SENTENCES, premises.name)
    ways = {way: lane for lane in lanes if (way := lane.partition(":")[0]) in {"email", "telegram"}}
    letterbox = Letterbox(ways, f"{premises.base_url}/console", premises.zone)
    promises = Promises(store, now)
    clock = Clock(store, premises.zone, timedelta(days=premises.raw_days), now)
    clock.every(5, "promises", promises.look)
    clock.every(60, "promises_again", promises.look_again)
    clock.every(5, "notices", Notices(store, sentences, letterbox, now).send)
    clock.every(60, "apologies", Apologies(store, sentences, premises.zone, now).say)
    clock.every(15, "remedy_words", RemedyWords(store, sentences, now).say)
    clock.every(60, "follow_ups", FollowUpRounds(store, sentences, now).round)
    clock.every(60, "radar", Radar(store, now).look)
    clock.every(60, "handback", HandBack(store, sentences, premises.return_after, now).look)
    clock.every(5, "later_replies", LaterSending(store, now).send)
    if (vault := premises.vault) is not None:
        clock.every(600, "files", lambda: tidy_files(store, vault, now()))
    works = {"promises": promises.run, **_care(clock, store, premises, now)}
    clock.start()
    try:
        yield works
    finally:
        clock.stop()
