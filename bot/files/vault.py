"""The vault: bytes by their SHA-256, in folders of our own outside every web root, readable by nobody else."""

import asyncio
import hashlib
import os
import re
import shutil
from datetime import datetime
from pathlib import Path
from secrets import token_hex

from bot.files.refused import NoRoom
from crm_store.errors import CareLoopError

RESERVE = 256 * 1024 * 1024
"""Bytes of the disk that are left to the rest of the house."""
_DIGEST = re.compile(r"[0-9a-f]{64}")


class FileMissing(CareLoopError):
    """There are no bytes of this digest here: another machine's disk, or a backup that left them out."""

    code = "file_missing"


class Vault:
    """Folder `attachments` under the var folder; several processes may share it. Contents never change."""

    def __init__(self, folder: Path, reserve: int = RESERVE) -> None:
        self._folder = folder
        self._reserve = reserve

    async def keep(self, content: bytes) -> str:
        """Write the bytes so that they outlive a crash from here on; gives their digest. Raises `NoRoom`."""
        return await asyncio.to_thread(self._keep, content)

    def path(self, digest: str) -> Path:
        """Where the bytes lie. Raises `FileMissing`."""
        if not _DIGEST.fullmatch(digest):
            raise FileMissing("this is no digest of a kept file")
        place = self._folder / digest[:2] / digest
        if not place.is_file():
            raise FileMissing("the file is not on this machine's disk")
        return place

    async def remove(self, digest: str) -> None:
        """Nobody holds these bytes any more; gone already is as good. Raises `FileMissing` for what is no digest."""
        if not _DIGEST.fullmatch(digest):
            raise FileMissing("this is no digest of a kept file")
        await asyncio.to_thread((self._folder / digest[:2] / digest).unlink, missing_ok=True)

    def tidy(self, before: datetime) -> None:
        """Remove what a crash left half-written before then."""
        for left in self._incoming().iterdir():
            if left.stat().st_mtime < before.timestamp():
                left.unlink(missing_ok=True)

    def _keep(self, content: bytes) -> str:
        digest = hashlib.sha256(content).hexdigest()
        place = self._folder / digest[:2] / digest
        incoming = self._incoming()
        place.parent.mkdir(mode=0o700, exist_ok=True)
        if not place.is_file():
            if shutil.disk_usage(self._folder).free < self._reserve + len(content):
                raise NoRoom("the disk is nearly full; make room under CARELOOP_VAR")
            _write(incoming / token_hex(16), place, content)
        # Also for what was there: another process may have named it and not yet made the name last.
        _sync_folder(place.parent)
        _sync_folder(self._folder)
        return digest

    def _incoming(self) -> Path:
        incoming = self._folder / "incoming"
        for folder in (self._folder, incoming):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return incoming


def _write(draft: Path, place: Path, content: bytes) -> None:
    """All of it under its name, or nothing."""
    try:
        with open(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(place)
    finally:
        draft.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
