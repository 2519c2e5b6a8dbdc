"""Corrections: "no, the order is WM1234" after a complaint was opened, while nobody works on it yet."""

from datetime import timedelta

from rasa_sdk.events import FollowupAction

from actions.base import Event, Turn
from actions.cases.noted import noted
from crm_store.cases.changes import Changes
from crm_store.cases.correction_words import Correction, correction_in
from crm_store.cases.events import BY_SHOPPER
from crm_store.cases.facts import Origin

WITHIN = timedelta(hours=24)


async def hear_correction(turn: Turn) -> list[Event] | None:
    """When the message corrects the case opened here, that is its answer, whatever it was taken for; else None."""
    shopper = turn.shopper
    said = None if turn.tracker.active_loop_name else correction_in(shopper.text)
    if said is None:
        return None
    since = shopper.now - WITHIN
    case = await turn.crm.own_cases.fresh_here(shopper.identity.id, shopper.conversation.id, since)
    if case is None:
        return None
    changes = Changes(_values(said), Origin.SAID, shopper.interaction_id)
    case = await turn.crm.handling.change(case.id, changes, BY_SHOPPER, shopper.now)
    turn.voice.answer("complaint_corrected", number=case.number, noted=await noted(turn, case))
    # Whatever rule had begun with this message ends here.
    return [dict(FollowupAction("action_listen"))]


def _values(said: Correction) -> dict[str, str | None]:
    told = {"order_number": said.order_number, "wanted": said.wanted}
    return {name: value for name, value in told.items() if value is not None}
