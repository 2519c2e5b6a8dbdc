"""Long loops that let others go on in between: what a chat waits for is never behind ten thousand decisions."""

import asyncio
from collections.abc import Iterable

BREATH = 250


async def breathing[T](each: Iterable[T]) -> list[T]:
    """All of them, with a pause for others after every few."""
    found: list[T] = []
    for one in each:
        found.append(one)
        if len(found) % BREATH == 0:
            await asyncio.sleep(0)
    return found
