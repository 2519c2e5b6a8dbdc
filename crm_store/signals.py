"""Signals: a nudge between the parts of one process and, by LISTEN/NOTIFY, between processes.

A signal only says "look again"; what there is to see is in the tables. A lost one costs a sweep's delay, no message.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from secrets import token_hex

import psycopg
from sqlalchemy import ARRAY, String, bindparam, text

from crm_store.wires import patient

CHANNEL = "careloop"
RECONNECT_AFTER = 1.0
EVERYBODY = 0
"""In the place of a conversation's id."""

NOTIFY = text(f"select pg_notify('{CHANNEL}', notice) from unnest(:notices) as notice").bindparams(
    bindparam("notices", type_=ARRAY(String))
)

Listener = Callable[[int], None]


class Signals:
    """Topics: ``inbox`` (something to read), ``outbox`` (something is due), ``thread`` (something new to show).

    ``standing`` (what a customer allows has changed; customer id, 0 for many) is told by the database itself.
    Within one process also ``typing`` and ``quiet``. A listener gets the conversation id, 0 when there is none.
    """

    def __init__(self, dsn: str) -> None:
        self._dsn = patient(dsn)
        self._me = token_hex(6)
        self._listeners: dict[str, set[Listener]] = defaultdict(set)

    @contextmanager
    def listening(self, topic: str, listener: Listener) -> Iterator[None]:
        """Call `listener` for every signal on `topic` while the block runs."""
        with self.listening_to({topic: listener}):
            yield

    @contextmanager
    def listening_to(self, listeners: Mapping[str, Listener]) -> Iterator[None]:
        """The same for several topics at once."""
        for topic, listener in listeners.items():
            self._listeners[topic].add(listener)
        try:
            yield
        finally:
            for topic, listener in listeners.items():
                self._listeners[topic].discard(listener)

    def here(self, topic: str, conversation_id: int = 0) -> None:
        """Nudge this process alone; `Crm.nudge` tells all of them, at the commit."""
        for listener in tuple(self._listeners[topic]):
            listener(conversation_id)

    def notices(self, nudges: Iterable[tuple[str, int]]) -> dict[str, list[str]]:
        """The parameters of `NOTIFY` that nudge the other processes."""
        return {"notices": [json.dumps([self._me, topic, conversation_id]) for topic, conversation_id in nudges]}

    async def relay(self) -> None:
        """Pass on what other processes say, until cancelled; comes back by itself after the database was away."""
        while True:
            try:
                await self._listen()
            except psycopg.Error:
                await asyncio.sleep(RECONNECT_AFTER)

    async def _listen(self) -> None:
        async with await psycopg.AsyncConnection.connect(self._dsn, autocommit=True) as connection:
            await connection.execute(f"listen {CHANNEL}")
            # What was said while nobody listened is not said again: whoever shows a thread looks once.
            self.here("thread", EVERYBODY)
            self.here("missed", EVERYBODY)
            async for notice in connection.notifies():
                sender, topic, conversation_id = json.loads(notice.payload)
                if sender != self._me:
                    self.here(topic, conversation_id)
