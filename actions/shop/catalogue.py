"""What the shop sells, at what price, and which offers are running."""

from actions.base import Answer, Event, Tools, Turn
from actions.shop.articles import say_article
from crm_store.shop.products import Product

FEW = 5
"""From here on down we say that little is left."""


def product_line(turn: Turn, product: Product) -> str:
    """Name, price and whether it is there."""
    stock = "stock_none" if product.stock <= 0 else "stock_few" if product.stock <= FEW else "stock_yes"
    return turn.voice.line(
        "product",
        name=turn.voice.words(product.name),
        price=turn.voice.money(product.price_cents),
        stock=turn.voice.line(stock),
    )


async def matching_lines(turn: Turn) -> list[str]:
    """Up to three products the message names."""
    found = await turn.crm.products.matching(turn.shopper.text) if turn.shopper.text else []
    return [product_line(turn, product) for product in found]


class TellProducts(Answer):
    """For `ask_product` and `ask_price`: the nearest products; asks back when nothing fits."""

    def __init__(self, tools: Tools, called: str, response: str) -> None:
        super().__init__(tools)
        self._called = called
        self._response = response

    def name(self) -> str:
        return self._called

    async def answer(self, turn: Turn) -> list[Event]:
        lines = await matching_lines(turn)
        if lines:
            turn.voice.answer(self._response, products="\n".join(lines))
        else:
            turn.voice.answer("product_which")
        return []


class PlaceOrder(Answer):
    """We take no orders in the chat: how to order, and what fits the wish."""

    called = "action_place_order"

    async def answer(self, turn: Turn) -> list[Event]:
        lines = await matching_lines(turn)
        if lines:
            turn.voice.answer("products", products="\n".join(lines))
        await say_article(turn, ("ordering",))
        return []


class TellPromotions(Answer):
    called = "action_ask_promotion"

    async def answer(self, turn: Turn) -> list[Event]:
        voice = turn.voice
        running = await turn.crm.promotions.running(turn.shopper.today, limit=3)
        lines = [
            voice.line(
                "promotion", title=voice.words(one.title), text=voice.words(one.text), day=voice.day(one.ends_on)
            )
            for one in running
        ]
        if lines:
            voice.answer("promotions", promotions="\n".join(lines))
        else:
            voice.answer("promotions_none")
        return []
