from datetime import UTC, datetime

import pytest

from tests.actions.conftest import NewTalker
from tests.actions.talker import Clock

pytestmark = pytest.mark.rasa


async def test_products_come_with_price_and_stock_in_the_language_of_the_question(talker: NewTalker) -> None:
    assert "Air Fryer 4 L: S$129, in stock" in (await (await talker()).say("how much is the air fryer")).text
    assert "电热水壶 1.7 升：S$49.90，有货" in (await (await talker("zh")).say("有电热水壶卖吗")).text


async def test_an_unknown_product_is_asked_back_for(talker: NewTalker) -> None:
    assert "Which product do you mean?" in (await (await talker()).say("how much is it?")).text


async def test_a_store_tells_whether_it_is_open_by_its_own_clock(talker: NewTalker, clock: Clock) -> None:
    shopper = await talker()
    assert "Open now, until 21:30." in (await shopper.say("where is the Tampines store?")).text
    clock.at = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # 23:00 in Singapore
    assert "it opens again Tue 24 November, 10:30" in (await shopper.say("where is the Tampines store?")).text


async def test_without_a_name_all_stores_are_offered(talker: NewTalker) -> None:
    shopper = await talker("zh")
    reply = await shopper.say("你们几点关门")
    assert len(reply.buttons) == 6
    assert "乌节路" in (await shopper.press(reply, "柳岸百货乌节店")).text


async def test_running_offers_are_told_with_their_last_day(talker: NewTalker) -> None:
    assert "Kitchen Week, until Fri 27 November" in (await (await talker()).say("what's on sale now")).text


@pytest.mark.parametrize(
    ("language", "question", "part"),
    [
        ("en", "how do I return a dress", "30 days"),
        ("zh", "运费多少", "满 S$60 免运费"),
        ("en", "my card was declined at payment", "If a payment fails"),
        ("zh", "需要公司抬头的发票", "UEN"),
        ("en", "how do I earn points", "1 point for every"),
    ],
)
async def test_the_shop_answers_in_its_own_words(talker: NewTalker, language: str, question: str, part: str) -> None:
    assert part in (await (await talker(language)).say(question)).text
