"""The intake: bytes from outside are judged by themselves, pictures drawn anew, and only then kept."""

import asyncio
from pathlib import Path

from bot.files.kinds import kind_of
from bot.files.names import safe_name
from bot.files.pictures import redrawn
from bot.files.refused import FileRefused, Why
from bot.files.vault import Vault
from crm_store.cases.attachments import KeptFile

MEGABYTE = 1024 * 1024
SIDE_BY_SIDE = 2
"""Pictures decoded at once; each may take a few hundred megabytes for a moment."""


class Intake:
    """What every file from outside goes through; `most` bytes at the most."""

    def __init__(self, vault: Vault, most: int) -> None:
        self.vault = vault
        self.most = most
        self._places = asyncio.Semaphore(SIDE_BY_SIDE)

    async def keep(self, content: bytes, claimed_name: str) -> KeptFile:
        """Judge and keep; safe on disk when it returns. Raises `FileRefused` and `NoRoom`."""
        async with self._places:
            judged, media_type, extension = await asyncio.to_thread(judge, content, self.most)
        digest = await self.vault.keep(judged)
        return KeptFile(digest, media_type, safe_name(claimed_name, extension), len(judged))


def open_intake(folder: Path, megabytes: int) -> Intake:
    """The intake of files of so many megabytes at most, kept under `folder`."""
    return Intake(Vault(folder), megabytes * MEGABYTE)


def judge(content: bytes, most: int) -> tuple[bytes, str, str]:
    """The bytes to keep, their media type and extension. Raises `FileRefused`."""
    if not content:
        raise FileRefused(Why.EMPTY)
    if len(content) > most:
        raise FileRefused(Why.TOO_LARGE)
    kind = kind_of(content)
    if kind.picture:
        content, kind = redrawn(content, kind)
    return content, kind.media_type, kind.extension
