"""The composition root: settings → store → channels → conversation → way out → web app. `python -m bot.main` serves."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from zoneinfo import ZoneInfo

import aiohttp
import structlog
import uvloop
from fastapi import APIRouter, FastAPI
from fastapi_offline import FastAPIOffline
from prometheus_client import CollectorRegistry

from actions.server import actions_router
from bot.api.body_limit import BodyLimit
from bot.api.errors import install_errors
from bot.api.keys import KeyGate
from bot.api.links import TOKEN, LinkMaker
from bot.api.v1 import read_api
from bot.api.webhooks import Door, webhooks_router
from bot.care_line import care_terms, copy_of_another_house
from bot.channels.base import Channel, lane_of
from bot.channels.telegram import TelegramChannel
from bot.channels.telegram_bot import acknowledge, close_bot, open_bot
from bot.channels.telegram_start import Webhook
from bot.channels.webchat import WebChat
from bot.clockwork import Premises, clockwork
from bot.conversation.at_once import AtOnce
from bot.conversation.desk.handoff import Handoff
from bot.conversation.fetcher import Fetcher
from bot.conversation.identity import ProofRules, Proving
from bot.conversation.inbox import WayIn
from bot.conversation.opting_in import OptingIn, OptInRules
from bot.conversation.thread import Threads
from bot.conversation.turn import Turn
from bot.conversation.understanding import Rasa
from bot.conversation.wishes import Wishes
from bot.conversation.words import read_words
from bot.conversation.worker import Worker
from bot.files.intake import open_intake
from bot.mail_line import open_mail
from bot.operations.health import Probes, health_router
from bot.operations.insiders import Insiders
from bot.operations.metrics import Metrics, Queues, metrics_router
from bot.serving import log_plainly, serve
from bot.settings import Settings, SettingsRefused, read_settings
from bot.telegram_line import TelegramLine
from bot.web.assets import load_web_assets
from bot.web.attachments import AROUND, UPLOADS, attachments_router
from bot.web.desk import WebChatDesk, WebChatLimits
from bot.web.pages import pages_router, sample_router
from bot.web.preferences.desk import PreferenceDesk
from bot.web.preferences.router import preferences_router
from bot.web.webchat import webchat_router
from console.app import Console, open_console
from console.frame.frame import House as ConsoleHouse
from crm_store.database import Store, open_store
from crm_store.sentences import read_sentences
from scheduler.dispatcher import Dispatcher

BOT = Path(__file__).parent
NODE_MODULES = BOT.parent / "node_modules"

log = structlog.get_logger("careloop")


def now() -> datetime:
    """The one place that asks the machine what time it is."""
    return datetime.now(UTC)


class House:
    """One running copy: what was built, the routes it serves, and what runs in the background."""

    def __init__(
        self, settings: Settings, store: Store, http: aiohttp.ClientSession, now: Callable[[], datetime]
    ) -> None:
        self.settings = settings
        self.now = now
        self.store = store
        self.secret = settings.secret.get_secret_value().encode()
        self.shop = {"en": settings.shop_name_en, "zh": settings.shop_name_zh}
        self.metrics = Metrics(CollectorRegistry())
        self.rasa = Rasa(
            http,
            settings.rasa_url,
            settings.rasa_token.get_secret_value(),
            settings.rasa_timeout,
            self.metrics.rasa_ended,
        )
        self.way_in = WayIn(store, now, self.metrics.message_in)
        self.webchat = WebChat()
        self.intake = open_intake(settings.var / "attachments", settings.attachment_mb)
        self.lanes: dict[str, Channel] = {lane_of(self.webchat.name, self.webchat.account): self.webchat}
        self.doors: dict[str, Door] = {}
        self.link_addresses = {"webchat": f"{settings.base_url}/chat#start={TOKEN}"}
        self.extra_routes: list[APIRouter] = []
        self.background: dict[str, Callable[[], Awaitable[None]]] = {
            "signals": store.signals.relay,
            "locks": store.locks.watch,
        }
        self.assets = load_web_assets(self.shop)
        self.console = self._console()
        self.background |= self.console.works

    def add_lane(self, channel: Channel) -> str:
        """Let a channel send; gives the name of its lane."""
        lane = lane_of(channel.name, channel.account)
        self.lanes[lane] = channel
        return lane

    def build_conversation(self, mail_lane: str) -> None:
        """The worker that takes turns, and the dispatcher that sends what they say."""
        settings = self.settings
        sentences = read_sentences(BOT / "conversation" / "sentences.yml", self.shop)
        handoff = Handoff(sentences)
        proving = Proving(sentences, ProofRules(self.secret, mail_lane, settings.phone_region))
        terms = care_terms(self.secret, settings.base_url, self.shop)
        at_once = AtOnce(sentences, read_words(), proving, handoff, terms.sender)
        opting_in = OptingIn(sentences, OptInRules(self.secret, settings.base_url, {"email": mail_lane}))
        turn = Turn(self.store, self.rasa, at_once, Wishes(sentences, proving, handoff, at_once, opting_in))
        worker = Worker(self.store, turn, self.now, self.metrics.turn_took)
        dispatcher = Dispatcher(self.store, self.lanes, self.now, self.metrics.send_ended, terms)
        fetcher = Fetcher(self.store, self.lanes, self.intake, sentences, self.now)
        desk = PreferenceDesk(self.store, opting_in, self.secret, self.now)
        self.extra_routes.append(preferences_router(desk, self.assets, self.shop))
        self.background |= {"worker": worker.run, "dispatcher": dispatcher.run, "fetcher": fetcher.run}

    def app(self) -> FastAPI:
        """The web application: every route of this copy."""
        app = FastAPIOffline(title="CareLoop", version=_version(), docs_url="/docs", redoc_url=None)
        for router in self._routes():
            app.include_router(router)
        app.mount("/console", self.console.app)
        install_errors(app)
        app.add_middleware(BodyLimit, at={UPLOADS: self.intake.most + AROUND})
        return app

    def _console(self) -> Console:
        zone = ZoneInfo(self.settings.time_zone)
        told = ConsoleHouse(
            self.secret, self.settings.base_url, self.shop, zone, self.settings.is_demo, self.intake.vault, self.lanes
        )
        return open_console(self.store, self.now, told, NODE_MODULES)

    def _routes(self) -> list[APIRouter]:
        settings = self.settings
        insiders = Insiders(settings.metrics_token.get_secret_value())
        threads = Threads(self.store, self.webchat, self.now)
        limits = WebChatLimits(settings.web_messages_per_minute, settings.web_sessions_per_minute)
        desk = WebChatDesk(self.way_in, threads, limits, self.secret, self.now)
        held = copy_of_another_house(self.store, settings.base_url)
        actions_token = settings.actions_token.get_secret_value()
        links = LinkMaker(self.link_addresses, self.now)
        return [
            pages_router(self.assets, settings.embed_origins.split(), settings.attachment_mb),
            *([sample_router(self.assets, settings.base_url)] if settings.is_demo else []),
            webchat_router(desk),
            attachments_router(desk, self.intake, self.now),
            webhooks_router(self.way_in, self.doors),
            read_api(self.store, KeyGate(self.store, self.now), links, self.intake.vault),
            health_router(Probes(self.store.answers, self.rasa.answers, self._lag, held), insiders, _version()),
            metrics_router(self.metrics, self._queues, insiders),
            actions_router(self.store, self.now, actions_token, settings.action_timeout, settings.time_zone),
            self.console.files,
            *self.extra_routes,
        ]

    async def _lag(self) -> float:
        async with self.store.transaction() as crm:
            return await crm.outbox.lag(self.now())

    async def _queues(self) -> Queues:
        async with self.store.transaction() as crm:
            return Queues(await crm.outbox.lag(self.now()), await crm.inbox.pending())


@asynccontextmanager
async def opened_house(settings: Settings, now: Callable[[], datetime] = now) -> AsyncIterator[House]:
    """Build everything, and take it down in the opposite order."""
    async with AsyncExitStack() as stack:
        store = open_store(settings.database_url, settings.database_pool)
        stack.push_async_callback(store.close)
        http = await stack.enter_async_context(aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=200)))
        house = House(settings, store, http, now)
        mail, routes = await open_mail(settings, stack, now)
        house.extra_routes += routes
        mail_lane = house.add_lane(mail)
        if settings.telegram_token.get_secret_value():
            _telegram(settings, house, stack)
        house.build_conversation(mail_lane)
        zone, return_after = ZoneInfo(settings.time_zone), timedelta(hours=settings.return_after_hours)
        days, queue, vault = settings.raw_days, settings.database_url, house.intake.vault
        premises = Premises(zone, house.shop, settings.base_url, days, queue, return_after, vault)
        house.background |= stack.enter_context(clockwork(store, premises, house.lanes, now))
        yield house


def _telegram(settings: Settings, house: House, stack: AsyncExitStack) -> None:
    """Telegram need not be there at the start: it is asked and told in the background until it answers."""
    bot = open_bot(settings.telegram_token.get_secret_value(), settings.telegram_api_base)
    stack.push_async_callback(close_bot, bot)
    webhook = Webhook(
        f"{settings.base_url}/channels/telegram/webhook", settings.telegram_webhook_secret.get_secret_value()
    )
    channel = TelegramChannel(bot, webhook.secret)

    def named(name: str) -> None:
        house.link_addresses["telegram"] = f"https://t.me/{name}?start={TOKEN}"

    line = TelegramLine(bot, channel, house.add_lane(channel), webhook, named)
    if settings.telegram_mode == "webhook":
        house.doors["telegram"] = Door(channel, lambda event: acknowledge(bot, event))
        house.background |= line.behind_webhook()
    else:
        house.background |= line.by_polling(house.store, house.way_in)


async def run(settings: Settings) -> None:
    """One copy of CareLoop, until a signal asks to stop."""
    async with opened_house(settings) as house:
        await serve(house.app(), settings.host, settings.port, house.background)


def _version() -> str:
    try:
        return version("careloop")
    except PackageNotFoundError:
        return "0.1.0"


def main() -> None:
    try:
        settings = read_settings()
    except SettingsRefused as error:
        raise SystemExit(f"CareLoop cannot start: {error}") from None
    log_plainly(settings.log_level)
    uvloop.run(run(settings))


if __name__ == "__main__":
    main()
