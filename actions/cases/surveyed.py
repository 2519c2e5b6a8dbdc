"""A survey of ours that was answered: kept with its score and its words, and what it was about goes into the case."""

from actions.base import Turn
from crm_store.answers.survey_words import on_five
from crm_store.answers.surveys import GivenScore, SurveyAnswer
from crm_store.cases.complaints import Complaint
from crm_store.cases.grievance_words import tells_something
from crm_store.talks.score_words import Score, without_score


async def survey_scored(turn: Turn, score: Score) -> SurveyAnswer | None:
    """The answer this score is: the one kept before the bot was asked, else one kept now; None when we did not ask."""
    customer_id = turn.shopper.who.customer_id
    if turn.touch is None or customer_id is None:
        return None
    known = await turn.crm.surveys.given_in(turn.shopper.interaction_id, customer_id)
    asked = (
        None if known else await turn.crm.contexts.asking(turn.shopper.conversation.id, customer_id, turn.shopper.now)
    )
    if asked is None:
        return known
    text = turn.shopper.text
    words = text if tells_something(without_score(text)) else ""
    await turn.crm.contexts.answered(asked.id, turn.shopper.now)
    marks = on_five(score.value, score.out_of)
    given = GivenScore(asked.occurrence_id, customer_id, turn.shopper.interaction_id, marks, asked.about, words)
    return await turn.crm.surveys.keep(given, turn.shopper.now)


async def survey_told(turn: Turn) -> None:
    """What is said in the same breath as a score, or after it, stays with it."""
    customer_id = turn.shopper.who.customer_id
    if turn.touch is None or customer_id is None or not turn.shopper.text:
        return
    asked = await turn.crm.contexts.asking(turn.shopper.conversation.id, customer_id, turn.shopper.now)
    if asked is not None:
        await turn.crm.surveys.tell(asked.occurrence_id, customer_id, turn.shopper.text)


async def order_of_survey(turn: Turn) -> str | None:
    """The order somebody has just given a low score to."""
    customer_id = turn.shopper.who.customer_id
    if turn.touch is None or customer_id is None:
        return None
    low = await turn.crm.surveys.low(customer_id, turn.shopper.now)
    return str(low.about.get("order_number") or "") or None if low is not None else None


async def survey_taken_up(turn: Turn, case: Complaint) -> None:
    """The complaint and the low score before it belong together."""
    customer_id = turn.shopper.who.customer_id
    if turn.touch is not None and customer_id is not None:
        await turn.crm.surveys.taken_up(customer_id, case.id, case.what_happened, turn.shopper.now)
