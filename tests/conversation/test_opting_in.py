"""Advertising by e-mail begins only after a second yes, from the very address; silence is no."""

import asyncio
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from bot.conversation.opting_in import KIND
from bot.conversation.signed_links import number_in
from crm_store.people.consent import ConsentEntry, Evidence, Who
from crm_store.people.opt_ins import OptIn
from crm_store.people.proof import linked_by, proved_by_code
from crm_store.talks.outbox import OutboxMessage, OutState
from tests.conversation.conftest import SECRET, Desk

QUESTION = "May we send you offers and news by e-mail?"


def first_yes(question: dict[str, Any]) -> list[dict[str, Any]]:
    wish = {
        "careloop": "opt_in",
        "purpose": "promotion",
        "channel": "email",
        "question": QUESTION,
        "version": "consent_question-1",
        "answer": question["text"],
        "interaction": str(question["metadata"]["interaction"]),
    }
    return [{"text": "", "buttons": [], "custom": wish}]


async def proved(desk: Desk, email: str = "emma.tan@example.com") -> int:
    member = await desk.has_member(email=email)
    await desk.says("hello there")
    await desk.replies(1)
    async with desk.store.transaction() as crm:
        await crm.identities.link(1, member, proved_by_code("webchat", desk.now()))
    desk.bot.reply = first_yes
    return member


async def mails(desk: Desk) -> list[OutboxMessage]:
    async with desk.store.transaction() as crm:
        rows = await crm.session.scalars(select(OutboxMessage).filter_by(lane="mail:desk").order_by(OutboxMessage.id))
        return list(rows.all())


async def sent(desk: Desk) -> OutboxMessage:
    """The one mail, once it has left the house."""
    async with asyncio.timeout(20):
        while not [mail for mail in await mails(desk) if mail.state == OutState.SENT]:
            await asyncio.sleep(0.02)
    return (await mails(desk))[0]


async def ledger(desk: Desk) -> list[ConsentEntry]:
    async with desk.store.transaction() as crm:
        return list((await crm.session.scalars(select(ConsentEntry).order_by(ConsentEntry.id))).all())


async def test_a_first_yes_sends_one_mail_and_permits_nothing(desk: Desk) -> None:
    await proved(desk)
    await desk.says("yes please")
    said = await desk.replies(2)
    assert said[-1] == desk.line("opt_in_sent", place="e***@example.com")
    [mail] = await mails(desk)
    assert (mail.address, mail.purpose) == ("emma.tan@example.com", "code")
    assert await ledger(desk) == []
    async with desk.store.transaction() as crm:
        [opt_in] = (await crm.session.scalars(select(OptIn))).all()
    assert (opt_in.question, opt_in.answer, opt_in.expires_at - opt_in.asked_at) == (
        QUESTION,
        "yes please",
        timedelta(days=7),
    )


async def test_the_link_names_the_opt_in_and_its_text_does_not_outlive_the_sending(desk: Desk) -> None:
    await proved(desk)
    await desk.says("yes please")
    await desk.replies(2)
    mail = await sent(desk)
    text = desk.mail.texts_to(mail.address)[-1]
    token = text.split("/preferences/confirm/")[1].split()[0]
    assert number_in(SECRET, KIND, token) is not None
    assert number_in(SECRET, "preferences", token) is None
    assert mail.body == {}


async def test_asking_again_sends_no_second_mail(desk: Desk) -> None:
    await proved(desk)
    await desk.says("yes please")
    await desk.replies(2)
    await desk.says("yes again")
    assert (await desk.replies(3))[-1] == desk.line("opt_in_waiting", place="e***@example.com")
    assert len(await mails(desk)) == 1


async def test_a_confirmed_yes_is_one_row_with_the_whole_proof_however_often_it_comes(desk: Desk) -> None:
    member = await proved(desk)
    await desk.says("yes please")
    await desk.replies(2)
    for _ in range(3):
        async with desk.store.transaction() as crm:
            assert await crm.opt_ins.confirm(1, desk.now()) is not None
    [entry] = await ledger(desk)
    assert (entry.purpose, entry.channel, entry.granted, entry.customer_id) == ("promotion", "email", True, member)
    assert (entry.question, entry.answer, entry.source) == (QUESTION, "yes please", "opt_in")
    assert entry.interaction_id is not None


async def test_after_a_week_silence_was_a_no(desk: Desk) -> None:
    await proved(desk)
    await desk.says("yes please")
    await desk.replies(2)
    desk.passed = timedelta(days=7)
    async with desk.store.transaction() as crm:
        assert await crm.opt_ins.confirm(1, desk.now()) is None
    assert await ledger(desk) == []


async def test_a_stop_after_the_first_yes_is_stronger_than_the_second(desk: Desk) -> None:
    member = await proved(desk)
    await desk.says("yes please")
    await desk.replies(2)
    desk.passed = timedelta(minutes=5)
    await desk.says("stop")
    await desk.replies(3)
    async with desk.store.transaction() as crm:
        assert await crm.opt_ins.confirm(1, desk.now()) is None
        standing = await crm.consent.standing(Who(1, member))
    assert not any(entry.granted for entry in standing)


async def test_an_address_confirmed_once_needs_no_second_mail(desk: Desk) -> None:
    member = await proved(desk)
    await desk.says("yes please")
    await desk.replies(2)
    async with desk.store.transaction() as crm:
        await crm.opt_ins.confirm(1, desk.now())
        await crm.consent.stop(Who(1, member), Evidence("chat", answer="stop"), desk.now())
    await desk.says("yes once more")
    assert (await desk.replies(3))[-1] == desk.line("opt_in_again", place="e***@example.com")
    assert (await ledger(desk))[-1].granted
    assert len(await mails(desk)) == 1


async def test_who_is_only_linked_signs_no_address_up(desk: Desk) -> None:
    member = await proved(desk)
    async with desk.store.transaction() as crm:
        await crm.identities.link(1, member, linked_by("deep_link", desk.now()))
    await desk.says("yes please")
    await desk.replies(2)
    assert await mails(desk) == []


async def test_without_an_address_nothing_is_noted(desk: Desk) -> None:
    await proved(desk, email="")
    await desk.says("yes please")
    assert (await desk.replies(2))[-1] == desk.line("opt_in_no_address")
    async with desk.store.transaction() as crm:
        assert (await crm.session.scalars(select(OptIn))).all() == []
