"""Work that goes on for ever has to end when it is told to."""

import asyncio
from collections.abc import Awaitable


async def stoppable[T](work: Awaitable[T]) -> T:
    """For loops that catch what breaks and begin again: what `work` gives or raises, unless we were cancelled.

    Until Python 3.13 a `TaskGroup` whose children break while it is cancelled raises only what they raised, and leaves
    `Task.cancelling` wrong (python/cpython#116720). In a task of its own it can confuse nobody else's.
    """
    us = asyncio.current_task()
    try:
        return await asyncio.ensure_future(work)
    finally:
        if us is not None and us.cancelling():
            raise asyncio.CancelledError
