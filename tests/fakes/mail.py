"""A mail server with a script: real SMTP over a real socket, each command answered as the test says."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

HANG_UP = "hang up"


@dataclass
class MailScript:
    """What to answer; empty means yes. HANG_UP drops the connection without a word."""

    mail: str = ""
    rcpt: str = ""
    data: str = ""
    password: str = ""
    speaks_utf8: bool = True
    letters: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    port: int = 0


class _Handler:
    def __init__(self, script: MailScript) -> None:
        self._script = script

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not self._script.mail:
            envelope.mail_from = address
        return _said(server, self._script.mail)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not self._script.rcpt:
            envelope.rcpt_tos.append(address)
        return _said(server, self._script.rcpt)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        letter = message_from_bytes(envelope.content, _class=EmailMessage, policy=default)
        self._script.letters.append(letter)
        self._script.recipients.extend(envelope.rcpt_tos)
        return _said(server, self._script.data)


def _said(server: SMTP, answer: str) -> str:
    if answer == HANG_UP and isinstance(server.transport, asyncio.Transport):
        server.transport.abort()
    return answer or "250 OK"


@asynccontextmanager
async def mail_server(script: MailScript) -> AsyncIterator[MailScript]:
    """Listening on loopback at `script.port` while the block runs."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _connection(script, loop), "127.0.0.1", 0)
    script.port = server.sockets[0].getsockname()[1]
    try:
        yield script
    finally:
        server.close()


def _connection(script: MailScript, loop: asyncio.AbstractEventLoop) -> SMTP:
    def authenticated(*given: object) -> AuthResult:
        shown = getattr(given[-1], "password", b"")
        return AuthResult(success=shown == script.password.encode(), handled=False)

    return SMTP(
        _Handler(script),
        hostname="mail.example",
        enable_SMTPUTF8=script.speaks_utf8,
        auth_require_tls=False,
        authenticator=authenticated if script.password else None,
        loop=loop,
    )
