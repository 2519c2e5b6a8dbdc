"""The demo's mailbox: an SMTP server on loopback that keeps every letter in a Maildir folder and sends none on."""

import asyncio
import logging
from collections.abc import Iterable
from mailbox import Maildir
from pathlib import Path
from weakref import WeakSet

from aiosmtpd.smtp import SMTP, Envelope, Session

MOST_BYTES = 1_000_000
HOST = "127.0.0.1"
RECIPIENT = "Delivered-To"
"""The header we put on top for each recipient of the envelope: what the letter itself says it is for proves nothing."""


class DemoMailbox:
    """Listens on `port` of 127.0.0.1 until stopped."""

    def __init__(self, server: asyncio.Server, connections: "WeakSet[SMTP]") -> None:
        self._server = server
        self._connections = connections

    @property
    def port(self) -> int:
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Take no more letters, and hang up on who is still there."""
        self._server.close()
        for connection in list(self._connections):
            if connection.transport is not None:
                connection.transport.close()


async def start_demo_mailbox(folder: Path) -> DemoMailbox:
    """Listen on a free port; letters go into `folder`, made when missing."""
    # Its protocol log names recipients.
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    keeper = _Keeper(folder)
    loop = asyncio.get_running_loop()
    connections: WeakSet[SMTP] = WeakSet()

    def answered() -> SMTP:
        connection = SMTP(
            keeper, data_size_limit=MOST_BYTES, enable_SMTPUTF8=True, hostname="localhost", ident="Mail", loop=loop
        )
        connections.add(connection)
        return connection

    return DemoMailbox(await loop.create_server(answered, HOST, 0), connections)


class _Keeper:
    """What aiosmtpd calls for each letter; its method names are aiosmtpd's."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        await asyncio.to_thread(keep, self._folder, envelope.rcpt_tos, content)
        return "250 2.0.0 kept"


def keep(folder: Path, recipients: Iterable[str], content: bytes) -> None:
    """Store one letter."""
    marks = "".join(f"{RECIPIENT}: {recipient}\r\n" for recipient in recipients)
    Maildir(folder).add(marks.encode(errors="replace") + content)
