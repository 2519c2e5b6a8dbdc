"""One process of a shop under fire. `python -m benchmarks._storm_worker worker|scheduler URL PROVIDER RATE`.

A worker holds lanes and sends; a scheduler fires campaigns and plans them.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import replace

import uvloop

from benchmarks._audience import LANE, TERMS, TOKEN, ZONE, now
from bot.channels.telegram import TelegramChannel
from bot.channels.telegram_bot import open_bot
from bot.clockwork import Premises, clockwork
from bot.serving import log_plainly
from crm_store.database import Store, open_store
from scheduler.dispatcher import Dispatcher

SHOP = {"en": "Willowmere", "zh": "柳岸百货"}


def sender(store: Store, provider: str, rate: float) -> Callable[[], Awaitable[None]]:
    channel = TelegramChannel(open_bot(TOKEN, provider))
    channel.capabilities = replace(channel.capabilities, rate=rate)
    return Dispatcher(store, {LANE: channel}, now, lambda channel, result: None, TERMS).run


async def work(role: str, url: str, provider: str, rate: float) -> None:
    store = open_store(url, pool=8)
    works: list[Callable[[], Awaitable[None]]] = [store.signals.relay, store.locks.watch]
    with ExitStack() as stack:
        if role == "worker":
            works.append(sender(store, provider, rate))
        else:
            premises = Premises(ZONE, SHOP, TERMS.address, 30, url)
            works += stack.enter_context(clockwork(store, premises, [LANE], now)).values()
        print("ready", flush=True)
        async with asyncio.TaskGroup() as tasks:
            for each in works:
                tasks.create_task(_for_ever(each))


async def _for_ever(each: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await each()
        except Exception as error:
            print(f"broke: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
        await asyncio.sleep(1)


if __name__ == "__main__":
    log_plainly("error")
    uvloop.run(work(sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4])))
