"""The complaint form: what happened, which order, what would put it right; then one case with a number."""

from datetime import timedelta
from typing import Any

from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from actions.base import Answer, Event, Turn
from actions.cases.filing import NO_ORDER, Account, account_in, file_case, offer_the_same
from actions.cases.surveyed import order_of_survey
from actions.member.orders import order_buttons, placed_on
from actions.questions import open_question
from crm_store.cases.grievance_words import has_no_order, leaves, tells_something
from crm_store.numbers import order_numbers
from crm_store.people.proof import ProofLevel

STORY, ORDER, WISH = "complaint_story", "complaint_order", "complaint_wish"
FORM_SLOTS = (STORY, ORDER, WISH)
NAMED_WITHIN = timedelta(hours=1)


class HearComplaint(Answer):
    """Before the form asks anything: what was told already, in this message or shortly before, is not asked again."""

    called = "action_hear_complaint"

    async def answer(self, turn: Turn) -> list[Event]:
        question = open_question(turn)
        if question.get("kind") == "case" and turn.chosen("question") == question["id"]:
            await file_case(turn, account_in(question))
            return [FollowupAction("action_listen")]
        story = await self._story(turn)
        order = next(iter(order_numbers(story or "")), None) or await self._order(turn)
        return [SlotSet(STORY, story), SlotSet(ORDER, order), SlotSet(WISH, None)]

    async def _order(self, turn: Turn) -> str | None:
        """The order the pressed button was about, or the survey before it, or the one talked about."""
        known = turn.chosen("order") or await order_of_survey(turn)
        return known or next(iter(await self._named_before(turn)), None)

    async def _story(self, turn: Turn) -> str | None:
        about = turn.chosen("about")
        if about is not None and about.isdigit():
            earlier = await turn.crm.interactions.get(int(about))
            return earlier.text if earlier.conversation_id == turn.shopper.conversation.id else None
        return turn.shopper.text if tells_something(turn.shopper.text) else None

    async def _named_before(self, turn: Turn) -> list[str]:
        """The one order they have just been talking about; of several we cannot know which."""
        since = turn.shopper.now - NAMED_WITHIN
        said = await turn.crm.interactions.heard_since(turn.shopper.conversation.id, since)
        named = {number for text in said for number in order_numbers(text) if not number.isdigit()}
        return list(named) if len(named) == 1 else []


class ValidateComplaint(Action):
    """Takes each answer as it is said. Pure, so that it can neither be slow nor fail."""

    def name(self) -> str:
        return "validate_complaint_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[Event]:
        said = {slot: value for slot, value in tracker.slots_to_validate().items() if slot in FORM_SLOTS}
        if any(value is not None and leaves(str(value)) for value in said.values()):
            return [*(SlotSet(slot, None) for slot in FORM_SLOTS), SlotSet("requested_slot", None)]
        pressed = {str(entity["entity"]): entity["value"] for entity in tracker.latest_message.get("entities") or []}
        return [event for slot, value in said.items() for event in _taken(slot, value, pressed, tracker)]


def _taken(slot: str, value: Any, pressed: dict[str, Any], tracker: Tracker) -> list[Event]:
    text = str(value or "").strip()
    if slot == ORDER:
        return _order_taken(str(pressed.get("order") or text), tracker)
    if slot == WISH:
        return _wish_taken(str(pressed.get("wish") or text))
    return [SlotSet(STORY, text if text and not text.startswith("/") else None)]


def _wish_taken(text: str) -> list[Event]:
    """Their own words; a bare order number at this point corrects the order, and the question stands."""
    numbers = order_numbers(text)
    if numbers and numbers[0] == text.upper().replace(" ", ""):
        return [SlotSet(ORDER, numbers[0]), SlotSet(WISH, None)]
    return [SlotSet(WISH, text or None)]


def _order_taken(text: str, tracker: Tracker) -> list[Event]:
    """A number; or none, and then whatever else was said belongs to the story."""
    numbers = order_numbers(text)
    if numbers or text == NO_ORDER or has_no_order(text):
        return [SlotSet(ORDER, numbers[0] if numbers else NO_ORDER)]
    if not text or text.startswith("/"):
        return [SlotSet(ORDER, None)]
    story = str(tracker.get_slot(STORY) or "")
    return [SlotSet(ORDER, NO_ORDER), SlotSet(STORY, f"{story}\n{text}".strip())]


class AskComplaintOrder(Answer):
    """Their own recent orders as buttons, once they have proved who they are; else any number they type."""

    called = "action_ask_complaint_order"
    hears_first = False

    async def answer(self, turn: Turn) -> list[Event]:
        orders = []
        if turn.shopper.level >= ProofLevel.PROVED:
            orders = await turn.crm.orders.latest(turn.shopper.member.id)
        none = turn.voice.button("button_no_order", "inform", order=NO_ORDER)
        if len(orders) == 1:
            number = orders[0].number
            this = turn.voice.button("button_this_order", "inform", order=number)
            turn.voice.answer("complaint_order_this", [this, none], number=number, placed=placed_on(turn, orders[0]))
        else:
            turn.voice.answer("complaint_order", [*order_buttons(turn, orders, "inform"), none])
        return []


class FileComplaint(Answer):
    """Opens the case once per message, and only with everything in hand: a form that broke down files nothing."""

    called = "action_file_complaint"
    hears_first = False

    async def answer(self, turn: Turn) -> list[Event]:
        story, order, wish = (turn.tracker.get_slot(slot) for slot in FORM_SLOTS)
        emptied = [SlotSet(slot, None) for slot in FORM_SLOTS]
        if not (story and order and wish):
            turn.voice.answer("complaint_unfinished" if story else "complaint_dropped")
            return emptied
        account = Account(str(story), None if order == NO_ORDER else str(order), str(wish))
        offered = await offer_the_same(turn, account)
        if offered is None:
            await file_case(turn, account)
        return [*emptied, *(offered or [])]
