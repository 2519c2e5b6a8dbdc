"""A score to a survey of ours takes the way of every score, with what it was about. The actions alone."""

from typing import Any

import pytest
from sqlalchemy import select

from crm_store.answers.surveys import GivenScore, SurveyAnswer
from crm_store.cases.complaints import Complaint
from crm_store.database import Store
from crm_store.people.consent import Purpose
from crm_store.promises.defaults import ensure_promises
from tests.actions.alone import Chat, Said, act, chat, heard
from tests.actions.talker import MONDAY_NOON
from tests.touching import Sent, send

ABOUT = {"order_number": "WM104233", "product": "Kettle", "product_sku": "KT101"}
TOUCH = {"touch": 1}


@pytest.fixture
async def asked(store: Store) -> Chat:
    """Emma, asked for a score on her order."""
    here = await chat(store)
    async with store.transaction() as crm:
        await ensure_promises(crm, MONDAY_NOON, "Asia/Singapore")
        sent = Sent(here.customer, here.conversation, MONDAY_NOON, purpose=Purpose.SURVEY, about=ABOUT, asks="score")
        await send(crm, sent)
    return here


async def scored(here: Chat, text: str, score: int) -> Said:
    """As the turn does: the score is kept first, then the bot is asked by payload."""
    interaction = await heard(here, text)
    async with here.store.transaction() as crm:
        words = text if len(text) > 2 else ""
        await crm.surveys.keep(GivenScore(1, here.customer, interaction, score, ABOUT, words), MONDAY_NOON)
    more: dict[str, Any] = {"interaction": interaction, "payload": "/rate", "entities": {"score": f"{score}/5"}}
    return await act(here, "action_rate", text, "rate", metadata=TOUCH, **more)


async def cases(here: Chat) -> list[Complaint]:
    async with here.store.transaction() as crm:
        return list((await crm.session.scalars(select(Complaint).order_by(Complaint.id))).all())


async def answer(here: Chat) -> SurveyAnswer:
    async with here.store.transaction() as crm:
        return (await crm.session.scalars(select(SurveyAnswer))).one()


@pytest.mark.parametrize(
    ("score", "response"), [(5, "utter_rate_high"), (4, "utter_rate_high"), (3, "utter_rate_middle")]
)
async def test_a_good_or_middling_score_is_thanked_for(asked: Chat, score: int, response: str) -> None:
    assert (await scored(asked, str(score), score)).text == response
    assert await cases(asked) == []


async def test_a_low_score_with_its_reason_is_a_complaint_about_that_order_and_product(asked: Chat) -> None:
    assert (await scored(asked, "2, the lid came cracked", 2)).text == "utter_rate_opened"
    (case,) = await cases(asked)
    assert (case.source, case.order_number, case.product_sku, case.customer_id) == (
        "survey",
        "WM104233",
        "KT101",
        asked.customer,
    )
    assert case.what_happened == "2, the lid came cracked"
    assert (await answer(asked)).complaint_id == case.id


async def test_another_low_score_is_more_of_the_same_story(asked: Chat) -> None:
    await scored(asked, "2, the lid came cracked", 2)
    assert (await scored(asked, "1, and nobody answers the phone", 1)).text == "utter_complaint_added"
    (case,) = await cases(asked)
    assert "nobody answers the phone" in case.what_happened
    assert (await answer(asked)).score == 1


async def test_a_low_score_alone_asks_what_went_wrong_and_knows_the_order(asked: Chat) -> None:
    said = await scored(asked, "2", 2)
    assert said.text == "utter_rate_low"
    assert list(said.buttons.values()) == ['/make_complaint{"order": "WM104233"}']
    assert await cases(asked) == []
    pressed = {"payload": "/make_complaint", "entities": {"order": "WM104233"}, "metadata": TOUCH}
    begun = await act(asked, "action_hear_complaint", "Tell what went wrong", "make_complaint", **pressed)
    assert begun.slots["complaint_order"] == "WM104233"


async def test_what_is_told_after_a_low_score_belongs_to_it_also_without_the_button(asked: Chat) -> None:
    await scored(asked, "2", 2)
    told = "the kettle leaks all over the table"
    begun = await act(asked, "action_hear_complaint", told, "make_complaint", metadata=TOUCH)
    assert begun.slots["complaint_order"] == "WM104233"
    filed = {"complaint_story": told, "complaint_order": "WM104233", "complaint_wish": "refund"}
    await act(asked, "action_file_complaint", "refund", "inform", slots=filed, metadata=TOUCH)
    (case,) = await cases(asked)
    kept = await answer(asked)
    assert (kept.complaint_id, kept.words) == (case.id, told)


async def test_a_score_only_the_model_understood_is_kept_all_the_same(asked: Chat) -> None:
    said = await act(asked, "action_rate", "I would give you 8 out of 10 overall", "rate", metadata=TOUCH)
    assert said.text == "utter_rate_high"
    kept = await answer(asked)
    assert (kept.score, kept.about) == (4, ABOUT)


async def test_words_after_a_score_stay_with_it(asked: Chat) -> None:
    await scored(asked, "4", 4)
    await act(asked, "action_give_feedback", "the driver was very friendly", "give_feedback", metadata=TOUCH)
    await act(asked, "action_give_feedback", "the driver was very friendly", "give_feedback", metadata=TOUCH)
    assert (await answer(asked)).words == "the driver was very friendly"


async def test_a_score_nobody_asked_for_goes_as_before(asked: Chat) -> None:
    async with asked.store.transaction() as crm:
        await crm.identities.unlink(asked.identity)
    assert (await act(asked, "action_rate", "4 stars", "rate")).text == "utter_rate_high"
    async with asked.store.transaction() as crm:
        assert (await crm.session.scalars(select(SurveyAnswer))).all() == []
