"""E-mail: plain text out through one SMTP server. Nothing comes in this way yet."""

import hashlib
import re
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.policy import SMTPUTF8
from email.utils import format_datetime
from typing import Any, Literal

from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from bot.channels.base import (
    Capabilities,
    Forged,
    Idempotency,
    Inbound,
    Malformed,
    Outbound,
    Rendered,
    Result,
    SendResult,
    Verdict,
)
from bot.channels.smtp_answers import Stage, lost, meaning

CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
ADDRESS = re.compile(r"""[^\s\x00-\x20\x7f-\x9f"(),:;<>@\[\\\]]+@[^\s\x00-\x20\x7f-\x9f"(),:;<>@\[\\\]]+""")
"""Without what a mail header or an SMTP command gives a meaning to; whether anybody lives there the server knows."""
PRINTABLE = re.compile(r"[^\x21-\x7e]+|[<>]")
PLACE = "<link>"
MAX_SUBJECT = 200
BYE_SECONDS = 2.0


@dataclass(frozen=True)
class MailServer:
    """With ``starttls`` and ``tls`` nothing is ever sent in the clear; `timeout` in seconds for each step."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    security: Literal["starttls", "tls", "none"] = "starttls"
    timeout: float = 20.0


class EmailChannel:
    """One mailbox that writes: `mail_from` is the account. Raises `ValueError` when it is no address."""

    name = "email"
    capabilities = Capabilities(
        max_text=100_000,
        max_choices=0,
        choice_label_max=0,
        idempotency=Idempotency.NONE,
        rate=10,
        rate_per_address=1,
    )

    def __init__(self, server: MailServer, mail_from: str, now: Callable[[], datetime]) -> None:
        if not _is_address(mail_from) or not mail_from.isascii():
            raise ValueError("the sender of e-mails must be an address such as care@shop.example")
        self._server = server
        self.account = mail_from
        self._now = now

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        """Nothing that claims to come from here does."""
        raise Forged("e-mail takes no events")

    def parse(self, event: Mapping[str, Any]) -> Inbound | None:
        raise Malformed("e-mail takes no events")

    def check(self, message: Outbound, reachability: str) -> Verdict:
        if reachability != "ok" or not _is_address(message.address):
            return Verdict.UNREACHABLE
        return Verdict.ALLOWED if len(message.text) <= self.capabilities.max_text else Verdict.TOO_LONG

    def render(self, message: Outbound) -> Rendered:
        """Quick replies have no place in a mail: they are left out and found as `choices_cut`."""
        too_long = len(message.text) > self.capabilities.max_text
        findings = (["truncated"] if too_long else []) + (["choices_cut"] if message.choices else [])
        letter = {
            "to": message.address,
            "subject": _sound(CONTROLS.sub(" ", message.subject)).strip()[:MAX_SUBJECT],
            "text": _sound(message.text[: self.capabilities.max_text]),
            "language": message.language,
            "preferences_link": PRINTABLE.sub("", message.preferences_link),
        }
        return Rendered(letter | {"message_id": self._message_id(message.outbox_id, letter)}, tuple(findings))

    async def send(self, rendered: Rendered) -> SendResult:
        letter = rendered.payload
        if not _is_address(letter["to"]):
            return SendResult(Result.GONE, detail="not an e-mail address")
        client = self._client()
        try:
            return await _delivered(client, self.account, letter, composed(self.account, letter, self._now()))
        finally:
            client.close()

    def _client(self) -> SMTP:
        return SMTP(
            hostname=self._server.host,
            port=self._server.port,
            username=self._server.user or None,
            password=self._server.password or None,
            local_hostname=_domain(self.account),
            timeout=self._server.timeout,
            use_tls=self._server.security == "tls",
            start_tls=self._server.security == "starttls",
        )

    def _message_id(self, outbox_id: int, letter: Mapping[str, str]) -> str:
        """The same on every try, so that a receiver can drop a repetition; another one for other words, even should the
        numbers of the outbox begin anew."""
        told = "\0".join([str(outbox_id), *letter.values()])
        return f"<{outbox_id}.{hashlib.sha256(told.encode(errors='replace')).hexdigest()[:20]}@{_domain(self.account)}>"


async def _delivered(client: SMTP, sender: str, letter: Mapping[str, Any], content: bytes) -> SendResult:
    stage = Stage.GREETING
    try:
        await client.connect()
        unicode_address = not letter["to"].isascii()
        if unicode_address and not await _speaks_unicode(client):
            return SendResult(Result.REJECTED, detail="the server takes no addresses beyond ASCII")
        stage = Stage.SENDER
        options = ["SMTPUTF8"] if unicode_address else []
        await client.mail(sender, options=options)
        stage = Stage.RECIPIENT
        await client.rcpt(letter["to"], encoding="utf-8")
        stage = Stage.CONTENT
        await client.data(content)
    except (SMTPException, OSError) as error:
        return _failed(stage, error)
    with suppress(SMTPException, OSError):
        await client.quit(timeout=BYE_SECONDS)
    return SendResult(Result.ACCEPTED, provider_id=letter["message_id"])


async def _speaks_unicode(client: SMTP) -> bool:
    if client.is_ehlo_or_helo_needed:
        await client.ehlo()
    return client.supports_extension("smtputf8")


def _failed(stage: Stage, error: SMTPException | OSError) -> SendResult:
    if isinstance(error, SMTPResponseException):
        return meaning(stage, error.code, error.message)
    if isinstance(error, OSError):
        return _certificate_refused() if _is_about_certificate(error) else lost(stage)
    return SendResult(Result.CONFIG, detail="the server does not offer the security or the login we are set to use")


def _certificate_refused() -> SendResult:
    return SendResult(Result.CONFIG, detail="the server's certificate does not prove its name")


def _is_about_certificate(error: BaseException | None) -> bool:
    while error is not None and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__ or error.__context__
    return error is not None


def composed(sender: str, letter: Mapping[str, Any], at: datetime) -> bytes:
    """The message as it goes over the wire, dated `at`. Says that a machine wrote it, so that no machine answers."""
    message = EmailMessage(SMTPUTF8 if not letter["to"].isascii() else SMTP_POLICY)
    message["From"] = sender
    user, _, domain = letter["to"].rpartition("@")
    message["To"] = Address(username=user, domain=domain)
    message["Subject"] = letter["subject"]
    message["Date"] = format_datetime(at)
    message["Message-ID"] = letter["message_id"]
    message["Auto-Submitted"] = "auto-generated"
    link = letter.get("preferences_link", "")
    if link:
        # What mail programs need for their own "unsubscribe" (RFC 2369, RFC 8058): they post to it, and ask nothing.
        message["List-Unsubscribe"] = PLACE
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(letter["text"], cte=None if letter["text"].isascii() else "base64")
    message["Content-Language"] = letter["language"]
    # An address that is too long for a line would be written in encoded words, which no mail program follows.
    return message.as_bytes().replace(PLACE.encode(), f"<{link}/stop>".encode(), 1 if link else 0)


def _is_address(value: str) -> bool:
    return bool(ADDRESS.fullmatch(value)) and len(value) <= 254 and _sound(value) == value


def _sound(text: str) -> str:
    """Half a character (a lone surrogate) cannot be sent."""
    return text.encode(errors="replace").decode()


def _domain(address: str) -> str:
    return address.rpartition("@")[2] or "localhost"
