"""What happens by the clock, put together: housekeeping, promises, notices to staff, apologies, follow-ups, radar."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import scheduler
from crm_store.database import Store
from crm_store.sentences import read_sentences
from scheduler.apologies import Apologies
from scheduler.clock import Clock
from scheduler.follow_ups import FollowUpRounds
from scheduler.handback import HandBack
from scheduler.later import LaterSending
from scheduler.notices import Letterbox, Notices
from scheduler.promises import Promises
from scheduler.radar import Radar

SENTENCES = Path(scheduler.__file__).with_name("sentences.yml")


@dataclass(frozen=True)
class Premises:
    """The shop's zone, its name by language, its own address, and for how many days raw events are kept.

    `return_after`: so long a person may hold a conversation in which nobody writes.
    """

    zone: ZoneInfo
    name: Mapping[str, str]
    base_url: str
    raw_days: int
    return_after: timedelta = timedelta(hours=24)


@contextmanager
def clockwork(
    store: Store, premises: Premises, lanes: Iterable[str], now: Callable[[], datetime]
) -> Iterator[Promises]:
    """Goes while the block runs; what it gives is to run in the background, so that promises are looked at on a nudge.

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
    clock.every(60, "follow_ups", FollowUpRounds(store, sentences, now).round)
    clock.every(60, "radar", Radar(store, now).look)
    clock.every(60, "handback", HandBack(store, sentences, premises.return_after, now).look)
    clock.every(5, "later_replies", LaterSending(store, now).send)
    clock.start()
    try:
        yield promises
    finally:
        clock.stop()
