"""What a campaign came to: what counts as its result and what does not, against those held out."""

from datetime import date, timedelta
from typing import Any

import pytest

from crm_store.answers.surveys import GivenScore
from crm_store.campaigns.coupon_offers import NewOffer
from crm_store.database import Store
from crm_store.loyalty.coupons import Coupon
from crm_store.loyalty.points import PointsEntry
from crm_store.results.figures import Result
from crm_store.results.people import Behind, NoSuchFigure, Wanted
from tests.store.campaigns.people import event, marketers
from tests.store.results.past import DAY, HOUR, Past

ZONE = "Asia/Singapore"


@pytest.fixture
def past(store: Store) -> Past:
    return Past(store)


async def result(past: Past, campaign: int) -> Result:
    async with past.store.reading() as crm:
        return await crm.results.of(campaign, past.now, ZONE)


async def behind(past: Past, campaign: int, figure: str, **narrow: Any) -> list[Behind]:
    async with past.store.reading() as crm:
        return await crm.result_people.page(Wanted(campaign, figure, **narrow), past.now)


async def test_a_purchase_counts_from_the_message_to_the_goal_and_never_when_it_was_given_back(past: Past) -> None:
    campaign, firing = await past.fired(goal_days=3)
    late, before, back, kept = [await past.member() for _ in range(4)]
    for customer in (late, before, back, kept):
        await past.touch(firing, customer)
    await past.buys(late, 1000, 3 * DAY + HOUR)
    await past.buys(before, 2000, -HOUR)
    await past.buys(back, 3000, HOUR, state="returned")
    await past.buys(kept, 4000, HOUR)
    await past.buys(kept, 500, 2 * DAY)
    found = await result(past, campaign)
    assert (found.figures.sent, found.figures.converted, found.figures.sold_cents) == (4, 1, 4500)
    assert [(row.customer_id, row.cents) for row in await behind(past, campaign, "converted")] == [(kept, 4500)]


async def test_a_purchase_counts_once_for_the_last_message_before_it(past: Past) -> None:
    campaign, first = await past.fired()
    second = await past.occurrence(campaign)
    customer = await past.member()
    await past.touch(first, customer)
    await past.touch(second, customer, sent_at=past.then + 2 * DAY)
    await past.buys(customer, 1000, 3 * DAY)
    found = await result(past, campaign)
    assert (found.figures.sent, found.figures.converted, found.figures.sold_cents) == (2, 1, 1000)
    assert [row.occurrence_id for row in await behind(past, campaign, "converted")] == [second]
    assert found.comparison.meant.share.whole == 1, "a person is compared once"


async def test_those_held_out_count_from_when_the_others_got_it(past: Past) -> None:
    campaign, firing = await past.fired(goal_days=3)
    got, held, early = [await past.member() for _ in range(3)]
    await past.touch(firing, got, sent_at=past.then + DAY)
    await past.touch(firing, held, "holdout")
    await past.touch(firing, early, "holdout")
    await past.buys(held, 1000, 2 * DAY)
    await past.buys(early, 700, HOUR)
    found = await result(past, campaign)
    compared = found.comparison
    assert (compared.held_out.share.many, compared.held_out.share.whole, compared.held_out.cents) == (1, 2, 1000)
    assert (compared.meant.share.many, compared.meant.share.whole) == (0, 1)
    assert [row.customer_id for row in await behind(past, campaign, "held_out_bought")] == [held]


async def test_who_was_meant_to_get_it_is_compared_whether_it_reached_them_or_not(past: Past) -> None:
    campaign, firing = await past.fired()
    got, pull, late, no = [await past.member() for _ in range(4)]
    await past.touch(firing, got)
    await past.touch(firing, pull, "parked", reason="pull_only")
    await past.touch(firing, late, "suppressed", reason="expired_waiting")
    await past.touch(firing, no, "suppressed", reason="no_consent")
    found = await result(past, campaign)
    assert found.comparison.meant.share.whole == 3
    assert found.figures.sent == 1


async def test_replies_failures_and_what_nobody_knows_stand_apart(past: Past) -> None:
    campaign, firing = await past.fired()
    answered, failed, unknown = [await past.member() for _ in range(3)]
    await past.touch(firing, answered, answered_at=past.then + HOUR)
    await past.touch(firing, failed, "failed")
    await past.touch(firing, unknown, "unknown")
    figures = (await result(past, campaign)).figures
    assert (figures.sent, figures.answered, figures.failed, figures.unknown) == (1, 1, 1, 1)
    for figure, customer in (("answered", answered), ("failed", failed), ("unknown", unknown)):
        assert [row.customer_id for row in await behind(past, campaign, figure)] == [customer]


async def test_a_no_within_a_week_is_the_messages_and_a_later_one_is_not(past: Past) -> None:
    campaign, firing = await past.fired()
    pressed, wrote, later, other = [await past.member() for _ in range(4)]
    past.now += 9 * DAY
    then = past.now - 16 * DAY
    for customer in (pressed, wrote, later, other):
        stopped = then + HOUR if customer == wrote else None
        await past.touch(firing, customer, sent_at=then, stopped_at=stopped)
    await past.says(pressed, False, then + 2 * DAY)
    await past.says(later, False, then + 8 * DAY)
    await past.says(other, False, then + DAY, purpose="care")
    assert (await result(past, campaign)).figures.stopped == 2
    assert {row.customer_id for row in await behind(past, campaign, "stopped")} == {pressed, wrote}


async def test_saved_is_what_was_used_of_what_was_given_or_reminded_of_and_nothing_else(past: Past) -> None:
    campaign, firing = await past.fired()
    used, unused, points = [await past.member() for _ in range(3)]
    async with past.store.transaction() as crm:
        by, _ = await marketers(crm, past.now)
        both = {"en": "S$8 off", "zh": "减 S$8"}
        offer = await crm.coupon_offers.make(NewOffer(both, "LEAF", 800, 30), by)
        given = await crm.coupon_offers.give(offer.id, firing, [used, unused], past.now.date())
        given[used].used_at = past.now - DAY
        own = {"title": both, "min_spend_cents": 0, "valid_from": date(2026, 1, 1), "valid_until": date(2026, 12, 1)}
        row = Coupon(code="OLD", customer_id=unused, value_cents=300, used_at=past.now - DAY, **own)
        crm.session.add(row)
        ended = await event(crm, "coupon_lapsing", unused, past.then, coupon_code="OLD", coupon_until="2026-12-01")
        lapse = await event(crm, "points_lapsing", points, past.then, lapsing_points=250, lapsing_day="2026-11-30")
        for at, delta, reason in ((-DAY, -90, "redeemed"), (DAY, -400, "redeemed"), (DAY, -70, "lapsed")):
            entry = PointsEntry(customer_id=points, at=past.then + at, delta=delta, reason=reason)
            crm.session.add(entry)
    await past.touch(firing, used)
    await past.touch(firing, unused, event_id=ended)
    await past.touch(firing, points, event_id=lapse)
    found = (await result(past, campaign)).savings
    assert (found.given, found.used, found.coupon_cents) == (2, 1, 800)
    assert (found.reminder_cents, found.points_cents, found.cents) == (300, 250, 1350)
    assert {row.customer_id: row.saved_cents for row in await behind(past, campaign, "saved")} == {
        used: 800,
        unused: 300,
        points: 250,
    }


async def test_figures_are_told_by_channel_language_day_and_score(past: Past) -> None:
    campaign, firing = await past.fired()
    en, zh = await past.member(), await past.member("email", language="zh")
    await past.touch(firing, en)
    await past.touch(firing, zh, channel="email", sent_at=past.then + DAY)
    async with past.store.transaction() as crm:
        await crm.surveys.keep(GivenScore(firing, zh, None, 5, {}, "lovely"), past.now)
    found = await result(past, campaign)
    assert {name: figures.sent for name, figures in found.by_channel.items()} == {"telegram": 1, "email": 1}
    assert {name: figures.sent for name, figures in found.by_language.items()} == {"en": 1, "zh": 1}
    assert [(day.isoformat(), figures.sent) for day, figures in found.by_day] == [("2026-11-16", 1), ("2026-11-17", 1)]
    assert (found.scores, found.score) == ({5: 1}, 5)
    assert [row.customer_id for row in await behind(past, campaign, "sent", channel="email")] == [zh]
    assert [row.score for row in await behind(past, campaign, "scored", language="zh")] == [5]
    async with past.store.reading() as crm:
        day = await crm.result_people.page(Wanted(campaign, "sent", day=date(2026, 11, 16)), past.now)
    assert [row.customer_id for row in day] == [en]


async def test_the_curve_counts_only_those_whose_day_is_over(past: Past) -> None:
    campaign, firing = await past.fired(goal_days=14)
    first, second = await past.member(), await past.member()
    await past.touch(firing, first)
    await past.touch(firing, second, "holdout")
    await past.buys(first, 100, 2 * DAY)
    meant, held = (await result(past, campaign)).curve
    assert meant == [0, 0, 1, 1, 1, 1, 1] + [None] * 7
    assert held == [0] * 7 + [None] * 7


async def test_it_says_until_when_purchases_may_come_in(past: Past) -> None:
    over, first = await past.fired(goal_days=3)
    going, second = await past.fired(goal_days=14)
    customer = await past.member()
    await past.touch(first, customer)
    await past.touch(second, customer)
    assert (await result(past, over)).counting_until is None
    assert (await result(past, going)).counting_until == past.then + 14 * DAY


async def test_the_list_over_all_campaigns_says_the_same_as_each(past: Past) -> None:
    campaign, firing = await past.fired()
    quiet, _ = await past.fired()
    customer = await past.member()
    await past.touch(firing, customer, answered_at=past.now)
    await past.buys(customer, 900, DAY)
    async with past.store.reading() as crm:
        rows = {each.campaign.id: each for each in await crm.results.all(past.now, ZONE, timedelta(days=90))}
    assert set(rows) == {campaign, quiet}
    one = await result(past, campaign)
    figures = rows[campaign].figures
    assert (figures.sent, figures.answered, figures.converted, figures.sold_cents) == (1, 1, 1, 900)
    assert (figures.sent, figures.sold_cents) == (one.figures.sent, one.figures.sold_cents)
    assert (await result(past, quiet)).is_empty


async def test_the_file_has_everybody_and_no_formula_of_a_name(past: Past) -> None:
    campaign, firing = await past.fired()
    await past.touch(firing, await past.member(name='=cmd|"/c calc"!A1'))
    async with past.store.transaction() as crm:
        rows = [row async for row in crm.result_people.file(Wanted(campaign), past.now)]
    names = dict(zip(*rows, strict=True))
    assert names["name"].startswith("'=")
    assert names["state"] == "sent"


async def test_pages_go_on_where_the_last_one_ended(past: Past) -> None:
    campaign, firing = await past.fired()
    for _ in range(3):
        await past.touch(firing, await past.member())
    async with past.store.reading() as crm:
        first = await crm.result_people.page(Wanted(campaign), past.now, None, 2)
        last = first[1]
        rest = await crm.result_people.page(Wanted(campaign), past.now, (last.occurrence_id, last.customer_id), 2)
    assert len(first) == 3
    assert [row.customer_id for row in rest] == [first[2].customer_id]


async def test_a_figure_there_is_none_of_is_refused(past: Past) -> None:
    async with past.store.reading() as crm:
        with pytest.raises(NoSuchFigure):
            await crm.result_people.page(Wanted(1, "sent; drop table"), past.now)
