"""Work that goes on for ever has to end when it is told to."""

import asyncio


def heed_cancellation() -> None:
    """For loops that catch what breaks and begin again. Raises `CancelledError` where the running task was cancelled.

    Until Python 3.13 a `TaskGroup` whose children broke at the same moment raises only what they raised, and the
    cancellation is lost (python/cpython#116720).
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
