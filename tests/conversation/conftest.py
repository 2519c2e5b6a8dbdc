"""A desk with everything but the web: way in, worker, dispatcher and a bot that does as it is told."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import aiohttp
import pytest

from bot.channels.base import Channel
from bot.channels.recording import RecordingChannel
from bot.channels.webchat import WebChat
from bot.conversation.at_once import AtOnce
from bot.conversation.desk.handoff import Handoff
from bot.conversation.desk.holding import Holding
from bot.conversation.desk.replying import Replying, StaffReply
from bot.conversation.identity import ProofRules, Proving
from bot.conversation.inbox import Kept, WayIn
from bot.conversation.opting_in import OptingIn, OptInRules
from bot.conversation.thread import Threads
from bot.conversation.turn import Turn
from bot.conversation.understanding import Rasa
from bot.conversation.visitors import Visitor
from bot.conversation.wishes import Wishes
from bot.conversation.words import read_words
from bot.conversation.worker import Worker
from crm_store.cases.complaints import Grievance, Opener
from crm_store.database import Store
from crm_store.people.customers import Customer
from crm_store.promises.calendars import CalendarForm
from crm_store.promises.defaults import ensure_promises
from crm_store.sentences import Sentences, read_sentences
from crm_store.staff.members import StaffMember
from crm_store.talks.conversations import Conversation
from scheduler.dispatcher import Dispatcher
from tests.conftest import ROOT
from tests.fakes.rasa import ScriptedBot

SECRET = b"0123456789abcdef0123456789abcdef"
START = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # a Monday, noon in Singapore


SENTENCES = ROOT / "bot" / "conversation" / "sentences.yml"
SHOP = {"en": "Willowmere", "zh": "柳岸百货"}


@dataclass
class Desk:
    """What a test does: shoppers say things, time passes, and the thread is read."""

    store: Store
    bot: ScriptedBot
    http: aiohttp.ClientSession
    sentences: Sentences = field(default_factory=lambda: read_sentences(SENTENCES, SHOP))
    passed: timedelta = timedelta(0)
    rasa_timeout: float = 8.0
    mail: RecordingChannel = field(default_factory=lambda: RecordingChannel())

    def now(self) -> datetime:
        return START + self.passed

    def build(self) -> None:
        self.channel = WebChat()
        self.way_in = WayIn(self.store, self.now, lambda _: None)
        self.threads = Threads(self.store, self.channel, self.now)
        handoff = Handoff(self.sentences)
        proving = Proving(self.sentences, ProofRules(SECRET, "mail:desk", "SG"))
        at_once = AtOnce(self.sentences, read_words(), proving, handoff)
        self.opting_in = OptingIn(self.sentences, OptInRules(SECRET, "https://care.example", {"email": "mail:desk"}))
        wishes = Wishes(self.sentences, proving, handoff, at_once, self.opting_in)
        self.rasa = Rasa(self.http, self.bot.url, "t", self.rasa_timeout, lambda seconds, answered: None)
        self.worker = Worker(self.store, Turn(self.store, self.rasa, at_once, wishes), self.now, lambda _: None)
        self.holding = Holding(self.sentences)
        self.replying = Replying(self.holding, {"webchat": 4000})
        lanes: dict[str, Channel] = {"webchat:shop": self.channel, "mail:desk": self.mail}
        self.dispatcher = Dispatcher(self.store, lanes, self.now, lambda channel, result: None)

    async def says(self, text: str, visitor: str = "v1", key: str = "", **more: str) -> Kept:
        event = {"visitor": visitor, "client_message_id": key or f"m{asyncio.get_running_loop().time()}", "text": text}
        kept = await self.way_in.keep(self.channel, event | more)
        assert kept is not None
        return kept

    async def presses(self, label: str, visitor: str = "v1") -> None:
        thread = await self.thread(visitor)
        choice = next(c for message in reversed(thread) for c in message["quick_replies"] if c["label"] == label)
        await self.way_in.keep(
            self.channel, {"visitor": visitor, "client_message_id": f"b{choice['id']}", "payload": choice["id"]}
        )

    async def thread(self, visitor: str = "v1") -> list[dict[str, Any]]:
        return await self.threads.read(await self.threads.of(Visitor(visitor, self.now())), 0)

    async def replies(self, count: int, visitor: str = "v1", within: float = 40.0) -> list[str]:
        """Wait until the visitor can read `count` messages from us; gives their texts."""
        async with asyncio.timeout(within):
            while True:
                said = [each["text"] for each in await self.thread(visitor) if each["direction"] == "out"]
                if len(said) >= count:
                    return said
                await asyncio.sleep(0.02)

    def line(self, name: str, language: str = "en", /, **values: str) -> str:
        return self.sentences.say(name, language, **values)

    async def has_member(self, name: str = "Emma Tan", email: str = "emma.tan@example.com") -> int:
        async with self.store.transaction() as crm:
            member = Customer(
                name=name, email=email, member_number="M10000001", phone="+6591230001", joined_on=date(2024, 1, 1)
            )
            crm.session.add(member)
            await crm.session.flush()
            return member.id

    async def has_staff(self, name: str = "Lin Mei", presence: str = "here") -> int:
        """A handler, at the desk now unless it is said otherwise."""
        async with self.store.transaction() as crm:
            someone = StaffMember(
                login=f"{name.lower().replace(' ', '.')}@example.com",
                name=name,
                password_hash="",
                role="handler",
                presence=presence,
                seen_at=self.now(),
                made_at=self.now(),
            )
            crm.session.add(someone)
            await crm.session.flush()
            return someone.id

    async def control(self, conversation_id: int = 1) -> Conversation:
        """The conversation as it stands now."""
        async with self.store.transaction() as crm:
            return await crm.conversations.get(conversation_id)

    async def takes(self, staff_id: int, conversation_id: int = 1) -> None:
        """Somebody of the staff takes the conversation as they see it now."""
        version = (await self.control(conversation_id)).control_version
        async with self.store.transaction() as crm:
            await self.holding.take(crm, conversation_id, staff_id, version, self.now())

    async def answers(self, staff_id: int, text: str, undo_seconds: int = 10) -> int:
        """Somebody of the staff writes in the first conversation."""
        async with self.store.transaction() as crm:
            reply = StaffReply(1, staff_id, text)
            return await self.replying.say_as_staff(crm, reply, self.now(), undo_seconds)

    async def has_case(self, conversation_id: int = 1, customer_id: int | None = None) -> str:
        """An open complaint, talked about here; gives its number."""
        async with self.store.transaction() as crm:
            heard = await crm.interactions.readable(conversation_id, 0)
            conversation = await crm.conversations.get(conversation_id)
            opener = Opener(conversation.identity_id, customer_id, conversation_id, heard[0].id)
            grievance = Grievance("broken", "normal", "the cup came broken", "refund", "WM104233", "en")
            return (await crm.complaints.open(opener, grievance, self.now())).number

    async def opens(self) -> None:
        """The desk's hours: every day from nine to nine; and the steps of escalation every shop begins with."""
        daily = {str(day): [["09:00", "21:00"]] for day in range(7)}
        async with self.store.transaction() as crm:
            await ensure_promises(crm, START, "Asia/Singapore")
            await crm.calendars.save(CalendarForm("desk", "Asia/Singapore", daily, []), START)


@pytest.fixture
async def desk(store: Store) -> AsyncIterator[Desk]:
    bot = ScriptedBot("t")
    await bot.start()
    async with aiohttp.ClientSession() as http:
        desk = Desk(store, bot, http)
        desk.build()
        await desk.opens()
        works = [asyncio.create_task(work()) for work in (desk.worker.run, desk.dispatcher.run, store.signals.relay)]
        yield desk
        for work in works:
            work.cancel()
        await asyncio.gather(*works, return_exceptions=True)
    await bot.stop()
