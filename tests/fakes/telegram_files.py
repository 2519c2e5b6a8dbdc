"""The fake's files: getFile names a path, the path holds for a while, and a bot gets 20 MB at the most.

Texts from tdlib/telegram-bot-api (Client.cpp): on_get_file, "file is too big", "wrong file_id or the file is …".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.fakes.telegram_rules import Refusal, bad

MOST_BYTES = 20 * 1024 * 1024


@dataclass
class Files:
    """Contents by file id, and the paths that were given out for them."""

    contents: dict[str, bytes] = field(default_factory=dict)
    paths: dict[str, str] = field(default_factory=dict)
    asked: int = 0
    fetched: int = 0

    def add(self, content: bytes, folder: str = "documents") -> str:
        """Upload a file; gives its id."""
        file_id = f"AgAC-{folder}-{len(self.contents)}"
        self.contents[file_id] = content
        return file_id

    def expire(self) -> None:
        """An hour has passed: the paths given out lead nowhere."""
        self.paths.clear()

    async def get_file(self, parameters: Mapping[str, str]) -> dict[str, Any]:
        self.asked += 1
        file_id = parameters.get("file_id", "")
        if not file_id:
            raise bad("file_id not specified")
        content = self.contents.get(file_id)
        if content is None:
            raise bad("wrong file_id or the file is temporarily unavailable")
        if len(content) > MOST_BYTES:
            raise bad("file is too big")
        path = f"documents/file_{self.asked}.bin"
        self.paths[path] = file_id
        described = {"file_id": file_id, "file_unique_id": f"u{file_id}", "file_path": path}
        return {**described, "file_size": len(content)}

    def serve(self, path: str) -> web.StreamResponse:
        """The bytes behind a path; 404 in Telegram's words when it has lapsed."""
        file_id = self.paths.get(path)
        if file_id is None:
            raise Refusal(404, "Not Found")
        self.fetched += 1
        return web.Response(body=self.contents[file_id], content_type="application/octet-stream")
