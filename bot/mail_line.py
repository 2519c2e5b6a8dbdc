"""The way out by e-mail: the shop's mail server; in a demo without one, a mailbox anybody at this machine can read."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import datetime

import structlog
from fastapi import APIRouter

from bot.channels.email import EmailChannel, MailServer
from bot.demo.mailbox import start_demo_mailbox
from bot.demo.page import demo_router
from bot.settings import Settings

log = structlog.get_logger("careloop")


async def open_mail(
    settings: Settings, stack: AsyncExitStack, now: Callable[[], datetime]
) -> tuple[EmailChannel, list[APIRouter]]:
    """The channel, and the routes that show the demo's mailbox, if there is one."""
    if settings.smtp_host or not settings.is_demo:
        return EmailChannel(_server(settings), settings.mail_from, now), []
    mailbox = await start_demo_mailbox(settings.var / "mailbox")
    stack.push_async_callback(mailbox.stop)
    server = MailServer("127.0.0.1", mailbox.port, security="none")
    return EmailChannel(server, settings.mail_from, now), [demo_router(settings.var / "mailbox")]


def _server(settings: Settings) -> MailServer:
    if not settings.smtp_host:
        log.warning("no_mail_server", remedy="set CARELOOP_SMTP_HOST: members prove themselves by a mailed code")
    password = settings.smtp_password.get_secret_value()
    return MailServer(settings.smtp_host, settings.smtp_port, settings.smtp_user, password, settings.smtp_security)
