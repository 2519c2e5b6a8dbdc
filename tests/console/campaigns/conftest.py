"""The marketers' rooms in a house with channels."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.channels.base import Channel
from bot.channels.email import EmailChannel, MailServer
from bot.channels.recording import RecordingChannel
from bot.channels.webchat import WebChat
from console.app import open_console
from crm_store.database import Store
from tests.console.campaigns.shop import Marketing
from tests.console.conftest import HOUSE, NODE_MODULES, Clock, Desk, whole_app

MAILBOX = "care@willowmere.example"


def _now() -> datetime:
    return datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


LANES: dict[str, Channel] = {
    "telegram:main": RecordingChannel("telegram", "main"),
    "webchat:shop": WebChat(),
    f"email:{MAILBOX}": EmailChannel(MailServer("mail.example", 25), MAILBOX, _now),
}


@pytest.fixture
def desk(store: Store, clock: Clock) -> Desk:
    console = open_console(store, clock, replace(HOUSE, lanes=LANES), NODE_MODULES)
    return Desk(console, whole_app(console), store, clock)


@pytest.fixture
def marketing(desk: Desk) -> Marketing:
    return Marketing(desk)
