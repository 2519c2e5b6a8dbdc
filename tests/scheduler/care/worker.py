"""One process that sends, to be killed: ``python -m tests.scheduler.care.worker URL FILE``.

Its channel writes who sends it and to which address into FILE, a line for each message, before it says that it took it.
"""

import asyncio
import os
import sys

from bot.channels.base import Rendered, SendResult
from crm_store.database import open_store
from scheduler.dispatcher import Dispatcher
from tests.scheduler.care.house import LANE, TERMS, Doorway
from tests.store.planning.shop import NOON

RATE = 300.0


class Written(Doorway):
    """A channel whose provider outlives us, in a file."""

    def __init__(self, file: str) -> None:
        super().__init__(rate=RATE)
        self.record = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    async def send(self, rendered: Rendered) -> SendResult:
        os.write(self.record, f"{os.getpid()} {rendered.payload['address']}\n".encode())
        await asyncio.sleep(0.02)
        return await super().send(rendered)


async def work(url: str, file: str) -> None:
    store = open_store(url, pool=5)
    sending = Dispatcher(store, {LANE: Written(file)}, lambda: NOON, lambda channel, result: None, TERMS)
    await asyncio.gather(sending.run(), store.signals.relay())


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], sys.argv[2]))
