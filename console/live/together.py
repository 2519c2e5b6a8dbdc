"""What is read once for all parts that are rendered at the same time, however many of them show it."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from typing import Any


class Together:
    """Lives as long as one round of rendering; nothing read in it is older than the signal that began the round."""

    def __init__(self) -> None:
        self._read: dict[Hashable, asyncio.Task[Any]] = {}

    async def once[T](self, key: Hashable, read: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """What `read` gives; who asks for the same `key` later, or meanwhile, gets the same. Raises what it raises."""
        if key not in self._read:
            self._read[key] = asyncio.create_task(read())
        task: asyncio.Task[T] = self._read[key]
        return await asyncio.shield(task)
