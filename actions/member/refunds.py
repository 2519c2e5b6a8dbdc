"""Refunds: how they go, and where one's own stands."""

from actions.base import Answer, Event, Turn
from actions.member.order_words import status_of
from actions.shop.articles import say_article
from crm_store.people.proof import ProofLevel


class TellRefund(Answer):
    """How refunds go, for everybody; where one's own stands, for a member who has proved who they are."""

    called = "action_ask_refund"

    def needs_now(self, turn: Turn) -> ProofLevel:
        return ProofLevel.PROVED if turn.chosen("mine") else ProofLevel.CHANNEL

    async def answer(self, turn: Turn) -> list[Event]:
        proved = turn.shopper.level >= ProofLevel.PROVED
        if not turn.chosen("mine"):
            ask = () if proved else (turn.voice.button("button_my_refund", "ask_refund", mine="yes"),)
            await say_article(turn, ("refunds",), ask)
        if proved:
            await self._own(turn)
        return []

    async def _own(self, turn: Turn) -> None:
        order = await turn.crm.orders.latest_undone(turn.shopper.member.id)
        if order is None:
            turn.voice.answer("refund_none")
        else:
            turn.voice.answer("refund_own", number=order.number, status=status_of(turn, order))
