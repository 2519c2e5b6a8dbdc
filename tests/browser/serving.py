"""A web server on a port of its own that can be stopped and started again on the same port."""

import asyncio
import socket
from contextlib import suppress

import uvicorn
from starlette.types import ASGIApp


class Serving:
    """Serves an app on this test's loop; `stop` cuts every connection, as a crash would."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.host = host
        self.port = _free_port()
        self._app: ASGIApp | None = None
        self._server: uvicorn.Server | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    async def start(self, app: ASGIApp | None = None) -> None:
        """Start with an app, or again with the one before."""
        self._app = app or self._app
        assert self._app is not None
        config = uvicorn.Config(
            self._app,
            port=self.port,
            log_level="critical",
            ws="websockets-sansio",
            lifespan="off",
            timeout_graceful_shutdown=0,
        )
        self._server = uvicorn.Server(config)
        self._task = asyncio.create_task(self._server._serve())
        while not self._server.started:
            if self._task.done():
                self._task.result()
            await asyncio.sleep(0.01)

    async def stop(self) -> None:
        if self._server is None or self._task is None:
            return
        self._server.should_exit = self._server.force_exit = True
        with suppress(asyncio.CancelledError):
            await self._task
        self._server = self._task = None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
