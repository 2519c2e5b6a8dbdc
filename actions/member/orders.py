"""A member's orders: where they are, and what can still be done about them. Never the address."""

from typing import ClassVar

from actions.base import Answer, Event, Tools, Turn
from actions.member.order_words import status_of
from actions.questions import ask, yes_and_no
from actions.voice import Button, payload
from crm_store.cases.grievance_words import is_grievance
from crm_store.loyalty.order_changes import Chance, chance_of
from crm_store.loyalty.orders import Order
from crm_store.numbers import order_numbers
from crm_store.people.proof import ProofLevel


def numbers_told(turn: Turn) -> list[str]:
    """The order numbers of this turn: the pressed one, else those in the text."""
    pressed = turn.chosen("order")
    return [pressed] if pressed else order_numbers(turn.shopper.text)


def order_buttons(turn: Turn, orders: list[Order], intent: str) -> list[Button]:
    """One button for each order, with its number and day."""
    return [
        turn.voice.named_button(
            turn.voice.line("order_button", number=order.number, day=placed_on(turn, order)),
            intent,
            order=order.number,
        )
        for order in orders
    ]


def placed_on(turn: Turn, order: Order) -> str:
    """The day it was placed, where the shopper is."""
    return turn.voice.day(turn.shopper.local(order.placed_at).date())


class TellOrders(Answer):
    """The order that was named, if it is theirs; else the latest ones."""

    called = "action_ask_order_status"
    needs = ProofLevel.PROVED

    def wanted(self, turn: Turn) -> str:
        return wanted_order("ask_order_status", turn)

    async def take(self, turn: Turn) -> list[Event]:
        if not is_grievance(turn.shopper.text):
            return await super().take(turn)
        numbers = numbers_told(turn)
        facts = {"order": numbers[0]} if numbers else {}
        buttons = [
            turn.voice.button("button_complain", "make_complaint", about=str(turn.shopper.interaction_id)),
            turn.voice.button("button_order_itself", "ask_order_status", **facts),
        ]
        turn.voice.answer("order_or_complaint", buttons)
        return []

    async def answer(self, turn: Turn) -> list[Event]:
        numbers = numbers_told(turn)
        if numbers:
            order = await turn.crm.orders.quoted(numbers, turn.shopper.member.id)
            await self._one(turn, order, numbers[0])
            return []
        orders = await turn.crm.orders.latest(turn.shopper.member.id)
        if len(orders) == 1:
            await self._one(turn, orders[0], orders[0].number)
        elif orders:
            self._several(turn, orders)
        else:
            turn.voice.answer("orders_none")
        return []

    async def _one(self, turn: Turn, order: Order | None, number: str) -> None:
        if order is None:
            turn.voice.answer("order_not_found", number=number)
            return
        contents = await turn.crm.orders.contents(order.id)
        items = [turn.voice.line("item", quantity=each.quantity, name=turn.voice.words(each.name)) for each in contents]
        turn.voice.answer(
            "order",
            number=order.number,
            placed=placed_on(turn, order),
            status=status_of(turn, order),
            items=turn.voice.listed(items),
            total=turn.voice.money(order.total_cents),
        )

    def _several(self, turn: Turn, orders: list[Order]) -> None:
        lines = [turn.voice.line("order", number=order.number, status=status_of(turn, order)) for order in orders]
        turn.voice.answer("orders", order_buttons(turn, orders, "ask_order_status"), orders="\n".join(lines))


class ChangeOrder(Answer):
    """A change, a cancellation or another delivery: says what is still possible and offers to pass it to a person."""

    needs: ClassVar[ProofLevel] = ProofLevel.FRESH

    def __init__(self, tools: Tools, intent: str) -> None:
        super().__init__(tools)
        self._intent = intent

    def name(self) -> str:
        return f"action_{self._intent}"

    def wanted(self, turn: Turn) -> str:
        return wanted_order(self._intent, turn)

    async def answer(self, turn: Turn) -> list[Event]:
        numbers = numbers_told(turn)
        if numbers:
            orders = [order for order in [await turn.crm.orders.quoted(numbers, turn.shopper.member.id)] if order]
        else:
            orders = await turn.crm.orders.under_way(turn.shopper.member.id)
        if len(orders) == 1:
            return self._offer(turn, orders[0])
        if orders:
            turn.voice.answer("change_which", order_buttons(turn, orders, self._intent))
        elif numbers:
            turn.voice.answer("order_not_found", number=numbers[0])
        else:
            turn.voice.answer("change_none")
        return []

    def _offer(self, turn: Turn, order: Order) -> list[Event]:
        voice, chance = turn.voice, chance_of(order.state)
        over = chance is Chance.OVER
        voice.answer(
            f"change_{chance}",
            [] if over else yes_and_no(turn, "button_pass_on", "button_leave_it"),
            number=order.number,
            status=status_of(turn, order),
            wish=voice.line(f"wish_{self._intent}"),
        )
        return [] if over else [ask(turn, "person", reason=self._intent)]


def wanted_order(intent: str, turn: Turn) -> str:
    """The same question again, with the number that was told."""
    numbers = numbers_told(turn)
    return payload(intent, order=numbers[0]) if numbers else payload(intent)
