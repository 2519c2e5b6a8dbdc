"""Running a house: the web server in front, the works behind it, until a signal asks to stop."""

import asyncio
import gc
import logging
from collections.abc import Awaitable, Callable, Mapping

import structlog
import uvicorn
from starlette.types import ASGIApp

from bot.api.last_resort import trail
from crm_store.stopping import stoppable

RESTART_AFTER = 2.0
GRACE = 3
"""Seconds an open request has to end when we stop."""

LARGEST_FRAME = 64 * 1024
"""Bytes of one message over a socket: the longest text there may be, with every character escaped."""

log = structlog.get_logger("careloop")

type Work = Callable[[], Awaitable[None]]


async def serve(app: ASGIApp, host: str, port: int, works: Mapping[str, Work]) -> None:
    """Serve `app` while `works` go on in the background, each started again when it breaks."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE,
        ws_max_size=LARGEST_FRAME,
        # What two hundred staff are shown at once would be packed two hundred times, which takes twice as long.
        ws_per_message_deflate=False,
    )
    # What was built stays for as long as we run: the garbage collector need not look at it again and again.
    gc.collect()
    gc.freeze()
    running = [asyncio.create_task(_for_ever(name, work)) for name, work in works.items()]
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        server.should_exit = True
        await serving
        raise
    finally:
        for work in running:
            work.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def _for_ever(name: str, work: Work) -> None:
    """One of the outermost loops: what breaks is logged and started again."""
    while True:
        try:
            await stoppable(work())
        except Exception as error:
            log.error("background_work_broke", work=name, error=trail(error), reason=_told(error))
        await asyncio.sleep(RESTART_AFTER)


def _told(error: Exception) -> str:
    """What an error of our own says, which is meant to be read. Anybody else's may quote a shopper, or an address."""
    ours = type(error).__module__.partition(".")[0] in {"bot", "crm_store", "scheduler", "actions"}
    return str(error)[:200] if ours else ""


def log_plainly(level: str) -> None:
    """Lines for people and collectors; tracebacks without the values of variables, which may be a shopper's words."""
    logging.basicConfig(level=level.upper(), format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True), plain],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
    )
