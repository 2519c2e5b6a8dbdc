"""Somebody who was erased and writes again: a stranger with a fresh thread, whose stop still holds."""

import asyncio
from datetime import timedelta

from crm_store.cases.events import By
from crm_store.people.consent import Who
from crm_store.people.proof import proved_by_code
from tests.conversation.conftest import Desk


async def erased(desk: Desk) -> int:
    """A member who said stop, and was erased; gives their id."""
    kept = await desk.says("hello to everyone")
    await desk.replies(1)
    member = await desk.has_member()
    async with desk.store.transaction() as crm:
        conversation = await crm.conversations.get(kept.conversation_id)
        await crm.identities.link(conversation.identity_id, member, proved_by_code("webchat", desk.now()))
    await desk.says("stop")
    await desk.replies(2)
    async with desk.store.transaction() as crm:
        await crm.erasures.erase(member, By("command line"), "letter", desk.now())
    desk.passed += timedelta(hours=1)
    return member


async def test_they_are_nobody_we_know_and_find_no_old_words(desk: Desk) -> None:
    await erased(desk)
    assert [each["text"] for each in await desk.thread()] == [""] * 4
    kept = await desk.says("hello, I am new here")
    assert kept.conversation_id == 2
    async with asyncio.timeout(15):
        while len(await desk.threads.read(2, 0)) < 2:
            await asyncio.sleep(0.02)
    assert [each["text"] for each in await desk.threads.read(2, 0)] == [
        "hello, I am new here",
        "bot: hello, I am new here",
    ]
    async with desk.store.transaction() as crm:
        identity = await crm.identities.get((await crm.conversations.get(2)).identity_id)
        assert identity.customer_id is None
        standing = await crm.consent.standing(Who(identity.id, None))
    assert {(entry.purpose, entry.granted) for entry in standing} == {
        ("care", False),
        ("survey", False),
        ("promotion", False),
    }


async def test_two_who_erase_at_once_leave_one_erasure(desk: Desk) -> None:
    member = await erased(desk)
    async with desk.store.transaction() as crm:
        (await crm.customers.get(member)).erased_at = None  # type: ignore[union-attr]

    async def erase() -> bool:
        async with desk.store.transaction() as crm:
            return (await crm.erasures.erase(member, By("command line"), "letter", desk.now())).fresh

    assert sorted(await asyncio.gather(erase(), erase())) == [False, True]
