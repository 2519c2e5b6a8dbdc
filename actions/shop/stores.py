"""Where the stores are, and whether they are open."""

from zoneinfo import ZoneInfo

from actions.base import Answer, Event, Turn
from actions.shop.articles import say_article
from crm_store.shop.opening import next_opening, open_until, spans_on
from crm_store.shop.stores import RetailStore, named_in

MOST_TOLD = 2


class TellStores(Answer):
    """The stores that were named; else all of them, to choose from."""

    called = "action_ask_store"

    async def answer(self, turn: Turn) -> list[Event]:
        stores = await turn.crm.stores.all()
        if not stores:
            turn.voice.answer("article_none")
            return []
        named = self._chosen(turn, stores) or named_in(turn.shopper.text, stores)
        for store in named[:MOST_TOLD]:
            say_store(turn, store)
        if not named:
            self._list(turn, stores)
        await self._holidays(turn)
        return []

    def _chosen(self, turn: Turn, stores: list[RetailStore]) -> list[RetailStore]:
        return [store for store in stores if store.code == turn.chosen("store")]

    def _list(self, turn: Turn, stores: list[RetailStore]) -> None:
        lines = [
            turn.voice.line(
                "store",
                name=turn.voice.words(store.name),
                address=turn.voice.words(store.address),
                hours=_today(turn, store),
            )
            for store in stores
        ]
        buttons = [
            turn.voice.named_button(turn.voice.words(store.name), "ask_store", store=store.code) for store in stores
        ]
        turn.voice.answer("stores", buttons, stores="\n".join(lines))

    async def _holidays(self, turn: Turn) -> None:
        article = await turn.crm.knowledge.nearest(("opening_holidays",), turn.shopper.text)
        if article is not None and article.asked_for(turn.shopper.text):
            await say_article(turn, ("opening_holidays",))


def say_store(turn: Turn, store: RetailStore) -> None:
    """Everything about one store, with today's hours in its own zone."""
    turn.voice.answer(
        "store",
        name=turn.voice.words(store.name),
        address=turn.voice.words(store.address),
        directions=turn.voice.words(store.directions),
        phone=store.phone,
        hours=_today(turn, store),
        open_now=_open_now(turn, store),
    )


def _today(turn: Turn, store: RetailStore) -> str:
    zone = ZoneInfo(store.time_zone)
    spans = spans_on(store.hours, turn.shopper.now.astimezone(zone).date(), zone)
    told = [turn.voice.line("span", opens=f"{span.opens:%H:%M}", closes=f"{span.closes:%H:%M}") for span in spans]
    return turn.voice.listed(told) if told else turn.voice.line("closed_today")


def _open_now(turn: Turn, store: RetailStore) -> str:
    zone = ZoneInfo(store.time_zone)
    until = open_until(store.hours, turn.shopper.now, zone)
    if until is not None:
        return turn.voice.line("open_until", time=f"{until:%H:%M}")
    opening = next_opening(store.hours, turn.shopper.now, zone)
    if opening is None:
        return turn.voice.line("closed_now")
    return turn.voice.line("opens_next", moment=turn.voice.moment(opening))
