"""The fake's other way out: posting updates to a webhook, one after the other, again and again until it answers 2xx."""

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import Any

import aiohttp

LONGEST_DELAY = 60.0


@dataclass(frozen=True)
class Delivery:
    """One post and how it went: HTTP status (0 for no answer), and the seconds Telegram then waits."""

    update_id: int
    status: int
    delay: float


@dataclass
class Webhook:
    """Where updates go. `pace` is what one of Telegram's seconds lasts here."""

    url: str = ""
    secret: str = ""
    pace: float = 1.0
    last_error: str = ""
    deliveries: list[Delivery] = field(default_factory=list)
    _task: asyncio.Task[None] | None = None

    def start(self, queue: list[dict[str, Any]], news: asyncio.Event) -> None:
        self._task = asyncio.create_task(self._run(queue, news))

    async def stop(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _run(self, queue: list[dict[str, Any]], news: asyncio.Event) -> None:
        delay = 1.0
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as session:
            while True:
                if not queue:
                    news.clear()
                    await news.wait()
                    continue
                status, asked = await self._post(session, queue[0])
                if 200 <= status <= 299:
                    self.deliveries.append(Delivery(queue.pop(0)["update_id"], status, 0.0))
                    delay = 1.0
                    continue
                waits = asked or delay
                self.deliveries.append(Delivery(queue[0]["update_id"], status, waits))
                delay = min(LONGEST_DELAY, delay * 2)
                await asyncio.sleep(waits * self.pace)

    async def _post(self, session: aiohttp.ClientSession, update: dict[str, Any]) -> tuple[int, float]:
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.secret} if self.secret else {}
        try:
            async with session.post(self.url, json=update, headers=headers) as answer:
                if not answer.ok:
                    self.last_error = f"Wrong response from the webhook: {answer.status} {answer.reason}"
                return answer.status, float(answer.headers.get("Retry-After", 0))
        except (aiohttp.ClientError, TimeoutError):
            self.last_error = "Connection refused"
            return 0, 0.0
