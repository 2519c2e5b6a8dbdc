"""Where an order stands, in words."""

from actions.base import Turn
from crm_store.loyalty.order_changes import OPEN_STATES
from crm_store.loyalty.orders import Order


def status_of(turn: Turn, order: Order) -> str:
    """State, and the day that goes with it; an expected day that has passed is called late."""
    state = turn.voice.line(f"order_{order.state}")
    if order.state in OPEN_STATES and order.expected_on is not None:
        when = "order_late" if order.expected_on < turn.shopper.today else "order_expected"
        return state + turn.voice.line(when, day=turn.voice.day(order.expected_on))
    if order.ended_on is not None:
        return state + turn.voice.line("order_ended", day=turn.voice.day(order.ended_on))
    return state
