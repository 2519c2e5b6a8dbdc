"""What was granted is told: once, in the shopper's language, within their hours, and no more than is so."""

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from crm_store.database import Store
from crm_store.remedies.granting import RemedyKind
from crm_store.remedies.remedies import Proposal
from crm_store.sentences import Sentences, read_sentences
from crm_store.talks.outbox import OutboxMessage
from scheduler.remedy_words import RemedyWords
from tests.conftest import ROOT
from tests.mending import NOW, Case, MendingShop

NIGHT = NOW + timedelta(hours=14)


@pytest.fixture
async def shop(store: Store) -> MendingShop:
    return await MendingShop(store).open()


@pytest.fixture
def sentences() -> Sentences:
    return read_sentences(ROOT / "scheduler" / "sentences.yml", {"en": "Willowmere", "zh": "柳岸百货"})


async def granted(shop: MendingShop, case: Case, kind: RemedyKind, amount: int, now: datetime = NOW) -> None:
    leader = await shop.staff("supervisor")
    async with shop.store.transaction() as crm:
        remedy = await crm.remedies.propose(Proposal(case.id, kind, amount, "leaks"), leader, now)
        assert remedy.executed_at == now


async def told(shop: MendingShop) -> list[OutboxMessage]:
    async with shop.store.reading() as crm:
        return list((await crm.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))).all())


async def test_each_remedy_is_told_once_in_the_shoppers_language(shop: MendingShop, sentences: Sentences) -> None:
    one, other = await shop.case(), await shop.case(language="zh")
    await granted(shop, one, RemedyKind.POINTS, 300)
    await granted(shop, other, RemedyKind.COUPON, 1000)
    await granted(shop, one, RemedyKind.REFUND, 2050)
    await granted(shop, one, RemedyKind.APOLOGY, 0)
    for _ in range(2):
        await asyncio.gather(*(RemedyWords(shop.store, sentences, lambda: NOW).say() for _ in range(3)))
    said = await told(shop)
    assert {message.body["text"] for message in said} == {
        f"300 points have been added to your account for your complaint {one.number}.",
        f"因投诉 {other.number}，一张价值 S$10 的优惠券已放入您的账户，说“我的优惠券”即可查看。",
        f"A refund of S$20.50 for your complaint {one.number} has been approved and passed on for payment.",
    }
    assert len(said) == 3
    assert {(message.purpose, message.author) for message in said} == {("service", "house")}


async def test_by_night_the_word_waits_for_the_morning_unless_they_are_talking_with_us(
    shop: MendingShop, sentences: Sentences
) -> None:
    case = await shop.case()
    await granted(shop, case, RemedyKind.POINTS, 1, NIGHT)
    await RemedyWords(shop.store, sentences, lambda: NIGHT).say()
    (waiting,) = await told(shop)
    assert waiting.not_before is not None
    assert waiting.not_before > NIGHT + timedelta(hours=5)
    assert waiting.body["text"].startswith("1 point has been added")
    awake = await shop.case()
    async with shop.store.transaction() as crm:
        (await crm.conversations.get(awake.conversation_id)).last_in_at = NIGHT - timedelta(minutes=5)
    await granted(shop, awake, RemedyKind.POINTS, 20, NIGHT)
    await RemedyWords(shop.store, sentences, lambda: NIGHT).say()
    assert (await told(shop))[1].not_before == NIGHT


async def test_who_cannot_be_reached_and_what_is_old_is_left_alone(shop: MendingShop, sentences: Sentences) -> None:
    await granted(shop, await shop.case(reachability="blocked"), RemedyKind.POINTS, 300)
    await granted(shop, await shop.case(), RemedyKind.POINTS, 300, NOW - timedelta(days=3))
    await RemedyWords(shop.store, sentences, lambda: NOW).say()
    assert await told(shop) == []
