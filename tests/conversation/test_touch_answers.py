"""Answers to what we wrote first: understood with what it said, told from the store, obeyed at once."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from crm_store.answers.choices import choices_of
from crm_store.answers.surveys import SurveyAnswer
from crm_store.crm import Crm
from crm_store.loyalty.coupons import Coupon
from crm_store.people.consent import ConsentEntry, Purpose, Who
from crm_store.people.preferences import Preference, Told
from crm_store.people.proof import linked_by
from crm_store.planning.touches import Touch
from crm_store.talks.inbox import InboxEvent
from tests.conversation.conftest import START, Desk
from tests.touching import Sent, send

type Wrote = Callable[..., Awaitable[Touch]]

COUPON = {"coupon_code": "LEAF-7Q", "coupon_title": "Leaf week"}
SURVEY = {"order_number": "WM104233", "product": "Kettle KT101", "product_sku": "KT101"}


@pytest.fixture
async def member(desk: Desk) -> int:
    """A linked member who has written before."""
    kept = await desk.says("hello to everyone")
    await desk.replies(1)
    member = await desk.has_member()
    async with desk.store.transaction() as crm:
        conversation = await crm.conversations.get(kept.conversation_id)
        await crm.identities.link(conversation.identity_id, member, linked_by("deep_link", desk.now()))
    desk.passed += timedelta(hours=3)
    return member


@pytest.fixture
async def coupon(desk: Desk, member: int) -> int:
    """Good from today to the end of November, from S$30."""
    async with desk.store.transaction() as crm:
        coupon = Coupon(
            code="LEAF-7Q",
            customer_id=member,
            title={"en": "Leaf week", "zh": "绿叶周"},
            value_cents=1000,
            min_spend_cents=3000,
            valid_from=date(2026, 11, 23),
            valid_until=date(2026, 11, 30),
        )
        crm.session.add(coupon)
        await crm.session.flush()
        return coupon.id


@pytest.fixture
def wrote(desk: Desk, member: int) -> Wrote:
    """We write first: `about` and `asks` as the message says."""

    async def write(about: dict[str, str], asks: str = "", purpose: Purpose = Purpose.PROMOTION, **more: Any) -> Touch:
        async with desk.store.transaction() as crm:
            sent = Sent(member, 1, desk.now(), purpose=purpose, about=about, asks=asks, **more)
            touch = await send(crm, sent)
        desk.store.signals.here("outbox", 0)
        await desk.replies(await spoken(desk) + 1)
        desk.passed += timedelta(minutes=1)
        return touch

    return write


async def spoken(desk: Desk) -> int:
    """How many messages of ours there are by now."""
    return len([each for each in await desk.thread() if each["direction"] == "out"])


async def last(desk: Desk, text: str) -> str:
    """What is answered to `text`."""
    before = await spoken(desk)
    await desk.says(text)
    return (await desk.replies(before + 1, within=15))[before]


async def heard(desk: Desk, count: int) -> None:
    """Wait until so many messages of theirs have had their turn."""
    async with asyncio.timeout(20):
        while True:
            async with desk.store.reading() as crm:
                found = await crm.session.scalars(select(InboxEvent.id).filter_by(state="done"))
            if len(found.all()) >= count:
                return
            await asyncio.sleep(0.02)


async def touch_of(crm: Crm, touch: Touch) -> Touch:
    return await crm.session.get_one(Touch, (touch.occurrence_id, touch.customer_id), populate_existing=True)


async def questions(desk: Desk) -> list[str]:
    """What the bot was asked, but for the greeting."""
    return [str(question["text"]) for question in desk.bot.asked][1:]


LEAST = " It takes a purchase of S$30 or more."
TITLE = {"code": "LEAF-7Q", "title": "Leaf week"}


@pytest.mark.parametrize(
    "words", ["is it still valid?", "Can I still use it?", "还能用吗", "這個還有效嗎？", "has it expired?"]
)
async def test_a_coupon_that_can_be_used_is_said_to_be_so_with_its_last_day(
    desk: Desk, wrote: Wrote, coupon: int, words: str
) -> None:
    touch = await wrote(COUPON)
    desk.passed += timedelta(days=1)
    said = await last(desk, words)
    assert "LEAF-7Q" in said
    assert "30 November 2026" in said or "2026年11月30日" in said
    assert await questions(desk) == []
    async with desk.store.transaction() as crm:
        assert (await touch_of(crm, touch)).answered_at == desk.now()


async def test_a_used_and_a_lapsed_coupon_are_never_called_valid(desk: Desk, wrote: Wrote, coupon: int) -> None:
    await wrote(COUPON)
    async with desk.store.transaction() as crm:
        (await crm.session.get_one(Coupon, coupon)).used_at = START + timedelta(hours=1)
    assert await last(desk, "is it still valid?") == desk.line("touch_coupon_used", day="23 November 2026", **TITLE)
    async with desk.store.transaction() as crm:
        used = await crm.session.get_one(Coupon, coupon)
        used.used_at, used.valid_until = None, date(2026, 11, 22)
    lapsed = desk.line("touch_coupon_lapsed", day="22 November 2026", **TITLE)
    assert await last(desk, "how do I use it?") == lapsed
    assert await last(desk, "what is the code?") == lapsed


async def test_how_and_the_code_are_told_with_what_it_takes(desk: Desk, wrote: Wrote, coupon: int) -> None:
    await wrote(COUPON)
    until = {"day": "30 November 2026", "least": LEAST}
    how = desk.line("touch_coupon_how", code="LEAF-7Q", **until)
    assert await last(desk, "How do I use it?") == how
    assert await last(desk, "what was the code again") == desk.line("touch_coupon_code", **TITLE, **until)
    assert "LEAF-7Q" in await last(desk, "怎么用")


async def test_the_days_of_a_coupon_are_days_where_the_shopper_is(desk: Desk, wrote: Wrote, coupon: int) -> None:
    await wrote(COUPON)
    desk.passed = timedelta(days=7, hours=13)  # 17:00 UTC on the 30th: already December in Singapore
    assert "until 30 November 2026" in await last(desk, "is the coupon still valid?")
    assert "No, sorry" in (await desk.replies(3))[2]


async def test_another_code_is_another_matter(desk: Desk, wrote: Wrote, coupon: int) -> None:
    await wrote(COUPON)
    assert await last(desk, "is XMAS-20 still valid?") == "bot: is XMAS-20 still valid?"


async def test_without_a_message_of_ours_the_same_words_go_the_normal_way(desk: Desk, member: int) -> None:
    for words in ["is it still valid?", "4", "太频繁了", "不需要谢谢"]:
        assert await last(desk, words) == f"bot: {words}"


async def test_who_was_unlinked_since_then_hears_nothing_of_the_coupon(
    desk: Desk, wrote: Wrote, coupon: int, member: int
) -> None:
    await wrote(COUPON)
    async with desk.store.transaction() as crm:
        await crm.identities.unlink((await crm.conversations.get(1)).identity_id)
    assert await last(desk, "what is the code?") == "bot: what is the code?"


async def test_of_two_messages_the_newest_that_fits_is_meant(desk: Desk, wrote: Wrote, coupon: int) -> None:
    first = await wrote(COUPON)
    desk.passed += timedelta(minutes=10)
    second = await wrote({"order_number": "WM104233"}, name="Second", purpose=Purpose.CARE)
    assert "LEAF-7Q" in await last(desk, "how do I use it?")
    assert await last(desk, "which order was that?") == desk.line("touch_order", number="WM104233")
    async with desk.store.transaction() as crm:
        assert (await touch_of(crm, first)).answered_at is not None
        assert (await touch_of(crm, second)).answered_at is not None


async def test_once_something_else_was_talked_about_only_a_named_coupon_is_meant(
    desk: Desk, wrote: Wrote, coupon: int
) -> None:
    await wrote(COUPON)
    await last(desk, "where are your stores")
    assert await last(desk, "how does it work") == "bot: how does it work"
    assert "LEAF-7Q" in await last(desk, "how do I use the coupon")


async def test_too_many_means_fewer_at_once_and_once_more_none_of_this_kind(
    desk: Desk, wrote: Wrote, member: int
) -> None:
    touch = await wrote(COUPON)
    assert await last(desk, "no thanks, too many") == desk.line("touch_fewer")
    async with desk.store.transaction() as crm:
        (rule,) = (await crm.session.scalars(select(Preference))).all()
        assert (rule.kind, rule.value, rule.words) == ("at_most", {"count": 1, "per": "month"}, "no thanks, too many")
        assert (await touch_of(crm, touch)).stopped_at == desk.now()
    stopped = desk.line("touch_fewer_stop", count="1", period="month", what=desk.line("purpose_promotion"))
    assert await last(desk, "still too many") == stopped
    async with desk.store.transaction() as crm:
        newest = (await crm.consent.standing(Who(1, member)))[-1]
        assert (newest.purpose, newest.channel, newest.granted) == ("promotion", "*", False)
        assert newest.answer == "still too many"
    assert await questions(desk) == []


async def test_a_stricter_rule_of_their_own_is_never_loosened(desk: Desk, wrote: Wrote, member: int) -> None:
    await wrote(COUPON)
    async with desk.store.transaction() as crm:
        told = Told("one a year", None, START)
        await crm.preferences.put(Who(1, member), "at_most", {"count": 1, "per": "year"}, told)
    assert "at most 1 per year" in await last(desk, "too often!")
    async with desk.store.transaction() as crm:
        (rule,) = (await crm.session.scalars(select(Preference))).all()
        assert rule.value == {"count": 1, "per": "year"}


@pytest.mark.parametrize(("words", "language"), [("no more of these", "en"), ("不想收到这类", "zh")])
async def test_none_of_these_ends_this_purpose_and_no_other(
    desk: Desk, wrote: Wrote, words: str, language: str
) -> None:
    await wrote({}, purpose=Purpose.SURVEY, asks="score")
    what = desk.line("purpose_survey", language)
    assert await last(desk, words) == desk.line("touch_none_of_these", language, what=what)
    async with desk.store.transaction() as crm:
        entries = (await crm.session.scalars(select(ConsentEntry).where(~ConsentEntry.granted))).all()
        assert [(entry.purpose, entry.answer) for entry in entries] == [("survey", words)]


async def test_a_stop_outranks_every_context(desk: Desk, wrote: Wrote) -> None:
    await wrote(SURVEY, asks="score", purpose=Purpose.SURVEY)
    assert await last(desk, "stop") == desk.line("stopped")


async def test_a_kind_that_is_named_is_left_to_whoever_reads_it(desk: Desk, wrote: Wrote) -> None:
    await wrote(COUPON)
    words = "no more of these birthday messages"
    assert await last(desk, words) == f"bot: {words}"


async def test_no_thanks_withdraws_nothing_and_offers_fewer_or_none(desk: Desk, wrote: Wrote, coupon: int) -> None:
    await wrote(COUPON)
    assert await last(desk, "不需要谢谢") == desk.line("touch_declined", "zh")
    async with desk.store.transaction() as crm:
        assert (await crm.session.scalars(select(Preference))).all() == []
        assert (await crm.session.scalars(select(ConsentEntry).where(~ConsentEntry.granted))).all() == []
    desk.passed += timedelta(days=60)  # the message has long lapsed; a stop has not
    before = await spoken(desk)
    await desk.presses("这类都不要了")
    said = (await desk.replies(before + 1, within=15))[before]
    assert said == desk.line("touch_none_of_these", "zh", what=desk.line("purpose_promotion", "zh"))
    async with desk.store.transaction() as crm:
        (entry,) = (await crm.session.scalars(select(ConsentEntry).where(~ConsentEntry.granted))).all()
        assert entry.answer == "这类都不要了"


@pytest.mark.parametrize("words", ["thanks!", "谢谢 🙏"])
async def test_thanks_is_taken_and_noted(desk: Desk, wrote: Wrote, words: str) -> None:
    touch = await wrote({"occasion": "birthday"}, purpose=Purpose.CARE)
    language = "zh" if "谢" in words else "en"
    assert await last(desk, words) == desk.line("touch_thanks", language)
    async with desk.store.transaction() as crm:
        assert (await touch_of(crm, touch)).answered_at is not None


async def test_which_order_says_what_the_message_said_and_leads_to_the_rest(desk: Desk, wrote: Wrote) -> None:
    await wrote(SURVEY, asks="score", purpose=Purpose.SURVEY)
    told = desk.line("touch_order_product", number="WM104233", product="Kettle KT101")
    assert await last(desk, "which order was that?") == told
    before = await spoken(desk)
    await desk.presses("Show this order")
    await desk.replies(before + 1)
    assert await questions(desk) == ['/ask_order_status{"order": "WM104233"}']


async def test_points_and_why_are_for_the_bot_with_the_message_named(desk: Desk, wrote: Wrote) -> None:
    await wrote({"lapsing_points": "250", "lapsing_day": "31/12/2026"}, purpose=Purpose.CARE)
    await last(desk, "how do I use them?")
    desk.passed += timedelta(hours=3)
    await last(desk, "why did I get this?")
    assert await questions(desk) == ["/redeem_points", "/why_message"]
    assert [question["metadata"]["touch"] for question in desk.bot.asked[1:]] == [1, 1]


SCORES = [
    ("4", 4, ""),
    ("4分", 4, ""),
    ("⭐⭐⭐⭐", 4, ""),
    ("excellent!", 5, ""),
    ("5, quick delivery", 5, "5, quick delivery"),
]


@pytest.mark.parametrize(("words", "score", "kept"), SCORES)
async def test_a_score_is_stored_with_its_words_and_goes_the_way_of_every_score(
    desk: Desk, wrote: Wrote, words: str, score: int, kept: str
) -> None:
    touch = await wrote(SURVEY, asks="score", purpose=Purpose.SURVEY)
    await last(desk, words)
    assert await questions(desk) == [f'/rate{{"score": "{score}/5"}}']
    async with desk.store.transaction() as crm:
        answer = await crm.surveys.of(touch.occurrence_id, touch.customer_id)
        assert answer is not None
        assert (answer.score, answer.words, answer.about) == (score, kept, SURVEY)
        assert (await touch_of(crm, touch)).answered_at is not None


async def test_a_later_score_corrects_the_first_and_a_nod_does_not(desk: Desk, wrote: Wrote) -> None:
    await wrote(SURVEY, asks="score", purpose=Purpose.SURVEY)
    await last(desk, "4, nice box")
    await last(desk, "great")
    await last(desk, "sorry, 2 - the lid is cracked")
    async with desk.store.transaction() as crm:
        (answer,) = (await crm.session.scalars(select(SurveyAnswer))).all()
    assert (answer.score, answer.words) == (2, "4, nice box\nsorry, 2 - the lid is cracked")
    assert (await questions(desk))[1] == "great"


@pytest.mark.parametrize("words", ["4 days late", "7", "0.5", "my 2 cups came broken", "四季都在用", "order 4"])
async def test_a_figure_that_counts_something_is_no_score(desk: Desk, wrote: Wrote, words: str) -> None:
    touch = await wrote(SURVEY, asks="score", purpose=Purpose.SURVEY)
    assert await last(desk, words) == f"bot: {words}"
    async with desk.store.transaction() as crm:
        assert (await crm.session.scalars(select(SurveyAnswer))).all() == []
        # It is an answer all the same.
        assert (await touch_of(crm, touch)).answered_at is not None


async def test_a_score_to_no_survey_is_none(desk: Desk, wrote: Wrote, coupon: int) -> None:
    await wrote(COUPON)
    assert await last(desk, "4") == "bot: 4"


async def test_a_figure_within_a_form_answers_the_form(desk: Desk, wrote: Wrote) -> None:
    await wrote(SURVEY, asks="score", purpose=Purpose.SURVEY)
    async with desk.store.transaction() as crm:
        form = [{"event": "active_loop", "name": "complaint_form"}]
        await crm.conversations.remember(1, form, desk.now())
    assert await last(desk, "2") == "bot: 2"


async def test_a_score_outlives_an_absent_bot(desk: Desk, wrote: Wrote) -> None:
    touch = await wrote(SURVEY, asks="score", purpose=Purpose.SURVEY)
    desk.bot.status = 503
    assert await last(desk, "2") == desk.line("bot_away")
    async with desk.store.transaction() as crm:
        answer = await crm.surveys.of(touch.occurrence_id, touch.customer_id)
    assert answer is not None
    assert answer.score == 2


async def test_while_a_person_speaks_a_score_is_kept_in_silence_and_too_many_obeyed(
    desk: Desk, wrote: Wrote, member: int
) -> None:
    touch = await wrote(SURVEY, asks="score", purpose=Purpose.SURVEY)
    staff = await desk.has_staff()
    await desk.takes(staff)
    await desk.replies(3)  # that somebody is here now, too
    await desk.says("3")
    await desk.says("发得太多了")
    await heard(desk, 3)
    assert await spoken(desk) == 3
    async with desk.store.transaction() as crm:
        answer = await crm.surveys.of(touch.occurrence_id, touch.customer_id)
        rules = await crm.preferences.of(Who(1, member))
    assert answer is not None
    assert answer.score == 3
    assert [rule.kind for rule in rules] == ["at_most"]


async def test_the_buttons_of_a_survey_and_of_a_campaign_are_known_again(desk: Desk, wrote: Wrote, coupon: int) -> None:
    survey = await wrote(SURVEY, asks="score", purpose=Purpose.SURVEY)
    offer = await wrote(COUPON, name="Offer")
    async with desk.store.transaction() as crm:
        scores = choices_of(survey.occurrence_id, survey.customer_id, (), "score")
        own = choices_of(offer.occurrence_id, offer.customer_id, ("How do I use it?", "Show me kettles"), "")
        await crm.conversations.offer(1, [own, scores])
    for choice in (own[0], own[1], scores[1]):
        event = {"visitor": "v1", "client_message_id": f"b{choice['id']}", "payload": choice["id"]}
        await desk.way_in.keep(desk.channel, event)
    said = await desk.replies(6)
    assert "LEAF-7Q" in said[3]
    assert await questions(desk) == ["Show me kettles", '/rate{"score": "2/5"}']
    async with desk.store.transaction() as crm:
        answer = await crm.surveys.of(survey.occurrence_id, survey.customer_id)
    assert answer is not None
    assert answer.score == 2


async def test_a_button_of_somebody_else_does_nothing(desk: Desk, wrote: Wrote, member: int) -> None:
    touch = await wrote(COUPON)
    async with desk.store.transaction() as crm:
        foreign = choices_of(touch.occurrence_id, member + 1, ("Yes",), "")
        await crm.conversations.offer(1, [foreign])
    event = {"visitor": "v1", "client_message_id": "b1", "payload": foreign[0]["id"]}
    await desk.way_in.keep(desk.channel, event)
    assert (await desk.replies(3))[2] == desk.line("choice_lapsed")
