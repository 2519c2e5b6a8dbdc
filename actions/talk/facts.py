"""Bare facts out of any context, taken for what they most likely ask: a number, an address, a store, a product."""

from actions.base import Answer, Event, Tools, Turn
from actions.care.occasions import take_day
from actions.cases.feedback import TakeScore
from actions.cases.status import TellComplaints
from actions.member.membership import OWN_MEMBERSHIP
from actions.member.orders import TellOrders
from actions.shop.catalogue import matching_lines
from actions.shop.stores import say_store
from crm_store.numbers import case_numbers, contact_in, order_numbers
from crm_store.shop.stores import named_in
from crm_store.talks.score_words import plain_score_in


class TakeFact(Answer):
    called = "action_inform"

    def __init__(self, tools: Tools) -> None:
        super().__init__(tools)
        self._orders = TellOrders(tools)
        self._cases = TellComplaints(tools)
        self._score = TakeScore(tools)

    async def answer(self, turn: Turn) -> list[Event]:
        if await self.recognises(turn) or await self._of_the_shop(turn):
            return []
        buttons = [
            turn.voice.button("button_order", "ask_order_status"),
            turn.voice.button("button_complain", "make_complaint", about=str(turn.shopper.interaction_id)),
            turn.voice.button("button_person", "ask_human"),
        ]
        turn.voice.answer("inform_what", buttons)
        return []

    async def recognises(self, turn: Turn) -> bool:
        """A day we had asked for, or a number or address that speaks for itself. Tells whether it was one."""
        text = turn.shopper.text
        if await take_day(turn):
            return True
        if plain_score_in(text):
            await self._score.take(turn)
        elif case_numbers(text):
            await self._cases.take(turn)
        elif contact_in(text):
            turn.voice.wish("prove", wanted=OWN_MEMBERSHIP)
        elif order_numbers(text):
            await self._orders.take(turn)
        else:
            return False
        return True

    async def _of_the_shop(self, turn: Turn) -> bool:
        stores = named_in(turn.shopper.text, await turn.crm.stores.all())
        if stores:
            say_store(turn, stores[0])
            return True
        lines = await matching_lines(turn)
        if lines:
            turn.voice.answer("products", products="\n".join(lines))
        return bool(lines)
