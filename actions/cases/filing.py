"""Filing: a complaint told in full becomes a case, or is added to one the shopper has about the same order."""

from dataclasses import dataclass
from typing import Any

from actions.base import Event, Turn
from actions.cases.noted import answer_by, noted, wish_in_words
from actions.cases.surveyed import survey_taken_up
from actions.questions import ask
from crm_store.cases.complaints import Complaint, Grievance, Opener
from crm_store.cases.grievance_words import HIGH, category_of, severity_of
from crm_store.cases.own_cases import Asker
from crm_store.cases.ties import MoreWords
from crm_store.people.proof import ProofLevel

NO_ORDER = "none"


@dataclass(frozen=True)
class Account:
    """What was told: the story, the order's number if there is one, the wish. `product`: a SKU we asked about."""

    story: str
    order: str | None
    wish: str
    product: str | None = None


def asker_of(turn: Turn) -> Asker:
    """Whose cases may be told or touched: the customer's once proved, else this address's own."""
    proved = turn.shopper.level >= ProofLevel.PROVED
    return Asker(turn.shopper.identity.id, turn.shopper.member.id if proved else None)


async def open_case(turn: Turn, account: Account, source: str = "bot") -> Complaint:
    """Once for each message, however often it is delivered."""
    shopper = turn.shopper
    product = await turn.crm.products.called(account.story)
    opener = Opener(
        shopper.identity.id,
        shopper.who.customer_id,
        shopper.conversation.id,
        shopper.interaction_id,
        source,
        f"survey:{shopper.interaction_id}" if source == "survey" else None,
    )
    grievance = Grievance(
        category_of(account.story),
        severity_of(f"{account.story}\n{account.wish}"),
        account.story,
        account.wish,
        account.order,
        shopper.language,
        product_sku=product.sku if product else account.product,
    )
    return await turn.crm.complaints.open(opener, grievance, shopper.now)


async def file_case(turn: Turn, account: Account) -> None:
    """Open it, read back what was written down, and fetch a person when somebody may be hurt."""
    case = await open_case(turn, account)
    await survey_taken_up(turn, case)
    turn.voice.answer(
        "complaint_opened", number=case.number, noted=await noted(turn, case), promise=await answer_by(turn, case)
    )
    fetch_if_severe(turn, case)


def fetch_if_severe(turn: Turn, case: Complaint) -> None:
    if case.severity == HIGH:
        turn.voice.wish("hand_over", reason="safety")


async def offer_the_same(turn: Turn, account: Account) -> list[Event] | None:
    """They have an open case about this order: ask whether it belongs to that. None when there is none."""
    if account.order is None:
        return None
    known = await turn.crm.own_cases.open_about(asker_of(turn), account.order)
    if known is None or known.opened_by == turn.shopper.interaction_id:
        return None
    question = str(turn.shopper.interaction_id)
    add = turn.voice.line("button_add_to_case", number=known.number)
    buttons = [
        turn.voice.named_button(add, "affirm", question=question),
        turn.voice.button("button_new_case", "make_complaint", question=question),
    ]
    turn.voice.answer("complaint_same", buttons, number=known.number, order=account.order)
    return [ask(turn, "case", case=known.id, **vars(account))]


async def add_to_case(turn: Turn, question: dict[str, Any]) -> None:
    """The yes to that question. The case is the one that was offered, by its id."""
    words = "\n".join(filter(None, (str(question["story"]), wish_in_words(turn, str(question["wish"])))))
    more = MoreWords(words, turn.shopper.conversation.id, turn.shopper.interaction_id)
    case = await turn.crm.ties.told_more(int(question["case"]), more, turn.shopper.now)
    turn.voice.answer("complaint_added", number=case.number)
    if severity_of(words) == HIGH:
        turn.voice.wish("hand_over", reason="safety")


def account_in(question: dict[str, Any]) -> Account:
    """What had been told when the question was asked."""
    return Account(str(question["story"]), question["order"], str(question["wish"]))
