import asyncio
import re
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from crm_store.people.challenges import Challenge
from crm_store.people.identities import ChannelIdentity
from crm_store.people.proof import ProofLevel
from crm_store.talks.outbox import OutboxMessage
from tests.conversation.conftest import Desk

PROVE: list[dict[str, Any]] = [{"text": None, "buttons": [], "custom": {"careloop": "prove", "wanted": "/ask_points"}}]


def asks_for_proof_first(desk: Desk) -> None:
    desk.bot.reply = lambda question: (
        [{"text": "You have 2,480 points.", "buttons": [], "custom": None}] if question["trusted"] else PROVE
    )


async def mailed_code(desk: Desk, number: int = 1) -> str:
    async with asyncio.timeout(30):
        while len(desk.mail.sent) < number:
            await asyncio.sleep(0.02)
    found = re.search(r"\d{6}", str(desk.mail.sent[-1]["text"]))
    assert found is not None
    return found.group()


async def test_a_code_sent_to_the_contact_on_file_opens_the_answer_that_was_asked_for(desk: Desk) -> None:
    """Acceptance check 8: A typed e-mail address or number opens nothing; a code to the address on file does."""
    await desk.has_member()
    asks_for_proof_first(desk)
    await desk.says("how many points do I have")
    await desk.says("it is Emma.Tan@example.com")
    assert await desk.replies(2) == [desk.line("ask_contact"), desk.line("code_sent")]
    await desk.says(f"here: {await mailed_code(desk)}")
    assert (await desk.replies(4))[2:] == [desk.line("proved", name="Emma Tan"), "You have 2,480 points."]
    assert desk.bot.asked[-1]["text"] == "/ask_points"
    async with desk.store.transaction() as crm:
        identity = await crm.identities.get(1)
        assert identity.level_at(desk.now()) is ProofLevel.FRESH
        assert identity.level_at(desk.now() + timedelta(minutes=11)) is ProofLevel.PROVED
        assert identity.level_at(desk.now() + timedelta(days=2)) is ProofLevel.LINKED


async def test_a_stranger_hears_the_same_words_as_a_member(desk: Desk) -> None:
    await desk.has_member()
    asks_for_proof_first(desk)
    await desk.says("how many points do I have")
    await desk.says("nobody@example.com is my mail")
    assert (await desk.replies(2))[1] == desk.line("code_sent")
    await desk.says("123456")
    assert (await desk.replies(3))[2] == desk.line("code_wrong")
    assert not desk.mail.sent


async def test_five_wrong_tries_void_the_code(desk: Desk) -> None:
    await desk.has_member()
    asks_for_proof_first(desk)
    await desk.says("how many points do I have")
    await desk.says("emma.tan@example.com of course")
    right = await mailed_code(desk)
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    for _ in range(5):
        await desk.says(wrong)
    assert (await desk.replies(7))[2:] == [desk.line("code_wrong")] * 4 + [desk.line("code_ended")]
    await desk.says(right)
    await desk.replies(8)
    async with desk.store.transaction() as crm:
        assert (await crm.identities.get(1)).customer_id is None


async def test_a_code_works_only_in_the_chat_that_asked_and_only_for_ten_minutes(desk: Desk) -> None:
    await desk.has_member()
    asks_for_proof_first(desk)
    for visitor in ("v1", "thief"):
        await desk.says("how many points do I have", visitor=visitor)
        await desk.replies(1, visitor=visitor)
    await desk.says("emma.tan@example.com for sure")
    code = await mailed_code(desk)
    await desk.says("nobody@example.com for sure", visitor="thief")
    await desk.says(code, visitor="thief")
    assert (await desk.replies(3, visitor="thief"))[2] == desk.line("code_wrong")
    desk.passed = timedelta(minutes=11)
    await desk.says(code)
    assert (await desk.replies(3))[2] == desk.line("code_wrong")


async def test_too_many_codes_are_refused_without_saying_whose(desk: Desk) -> None:
    await desk.has_member()
    asks_for_proof_first(desk)
    await desk.says("how many points do I have")
    for _ in range(4):
        await desk.says("emma.tan@example.com once more")
    assert (await desk.replies(5))[1:] == [desk.line("code_sent")] * 3 + [desk.line("code_too_many")]


async def test_the_code_is_kept_nowhere_in_the_clear(desk: Desk) -> None:
    await desk.has_member()
    asks_for_proof_first(desk)
    await desk.says("how many points do I have")
    await desk.says("emma.tan@example.com please do")
    code = await mailed_code(desk)
    await asyncio.sleep(0.3)
    async with desk.store.transaction() as crm:
        challenge = (await crm.session.scalars(select(Challenge))).one()
        bodies = (await crm.session.scalars(select(OutboxMessage.body).where(OutboxMessage.purpose == "code"))).all()
    assert code.encode() not in challenge.code
    assert bodies == [{}]


async def test_unlink_takes_one_message(desk: Desk) -> None:
    await test_a_code_sent_to_the_contact_on_file_opens_the_answer_that_was_asked_for(desk)
    await desk.says("解除绑定")
    await desk.replies(5)
    async with desk.store.transaction() as crm:
        identity = (await crm.session.scalars(select(ChannelIdentity))).one()
    assert (identity.customer_id, identity.level_at(desk.now())) == (None, ProofLevel.CHANNEL)
