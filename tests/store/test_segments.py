"""Segments as stored: names, versions, counts within a time limit, samples."""

import pytest
from sqlalchemy import text

from crm_store.database import Store
from crm_store.segments.choices import UsedBy
from crm_store.segments.comparing import Op
from crm_store.segments.expression import EVERYBODY, All, AnyOf, Condition
from crm_store.segments.segments import SegmentChanged, SegmentForm, SegmentNameTaken, SegmentUnknown
from crm_store.touchpoints.touchpoints import TouchpointTold
from tests.store.crowd import NOW, Crowd

GOLD = Condition(field="tier", op=Op.IN, values=("gold",))
FORM = SegmentForm("Gold", "Those who come often", GOLD)


@pytest.fixture
def crowd(store: Store) -> Crowd:
    return Crowd(store)


async def made(store: Store, form: SegmentForm = FORM) -> int:
    async with store.transaction() as crm:
        return (await crm.segments.make(form, None, NOW)).id


async def test_a_segment_is_kept_as_it_was_asked(store: Store) -> None:
    segment_id = await made(store)
    async with store.transaction() as crm:
        assert await crm.segments.current(segment_id) == (1, GOLD)
        listed = await crm.segments.get(segment_id)
    assert (listed.segment.name, listed.segment.about, listed.expression) == ("Gold", "Those who come often", GOLD)


async def test_a_name_is_taken_once(store: Store) -> None:
    await made(store)
    other = await made(store, SegmentForm("Silver", "", GOLD))
    async with store.transaction() as crm:
        with pytest.raises(SegmentNameTaken):
            await crm.segments.make(FORM, None, NOW)
        with pytest.raises(SegmentNameTaken):
            await crm.segments.rename(other, "Gold", "")


async def test_another_question_is_a_new_version_and_the_old_one_stays(store: Store) -> None:
    segment_id = await made(store)
    async with store.transaction() as crm:
        assert await crm.segments.change(segment_id, 1, SegmentForm("All", "", EVERYBODY), None, NOW) == 2
    async with store.transaction() as crm:
        assert await crm.segments.current(segment_id) == (2, EVERYBODY)
        assert await crm.segments.asked(segment_id, 1) == GOLD
        assert [version.version for version in await crm.segments.versions(segment_id)] == [2, 1]


async def test_the_same_question_in_other_groups_is_no_new_version(store: Store) -> None:
    segment_id = await made(store)
    same = SegmentForm("Gold", "", All(of=(AnyOf(of=(GOLD,)),)))
    async with store.transaction() as crm:
        assert await crm.segments.change(segment_id, 1, same, None, NOW) == 1


async def test_of_two_who_change_a_segment_the_second_is_told(store: Store) -> None:
    segment_id = await made(store)
    async with store.transaction() as crm:
        await crm.segments.change(segment_id, 1, SegmentForm("All", "", EVERYBODY), None, NOW)
    async with store.transaction() as crm:
        with pytest.raises(SegmentChanged):
            await crm.segments.change(segment_id, 1, FORM, None, NOW)
        with pytest.raises(SegmentUnknown):
            await crm.segments.current(9999)


async def test_an_archived_segment_is_not_offered_and_still_answers(store: Store) -> None:
    segment_id = await made(store)
    async with store.transaction() as crm:
        await crm.segments.archive(segment_id, NOW)
    async with store.transaction() as crm:
        assert await crm.segments.all() == []
        assert [listed.segment.id for listed in await crm.segments.all(archived=True)] == [segment_id]
        assert await crm.segments.current(segment_id) == (1, GOLD)
        await crm.segments.archive(segment_id, None)
        assert len(await crm.segments.all()) == 1


async def test_a_count_is_kept_with_its_version(crowd: Crowd) -> None:
    await crowd.customer("Ann", tier="gold")
    await crowd.customer("Bo")
    segment_id = await made(crowd.store)
    async with crowd.store.transaction() as crm:
        assert (await crm.segments.recount(segment_id, NOW)).members == 1
    async with crowd.store.transaction() as crm:
        version = (await crm.segments.get(segment_id)).version
        assert (version.members, version.counted_at, version.timed_out) == (1, NOW, False)
        assert [one.name for one in await crm.segments.sample(GOLD, NOW)] == ["Ann"]


async def test_a_count_that_takes_too_long_is_stopped_and_says_so_with_an_estimate(store: Store) -> None:
    async with store.transaction() as crm:
        await crm.session.execute(
            text(
                "insert into customers (name, language, time_zone, time_zone_source, birth_year_known, birth_calendar,"
                " tier, joined_on) select 'Member ' || n, 'en', 'UTC', 'shop', true, 'solar', 'gold', '2026-01-01'"
                " from generate_series(1, 60000) n"
            )
        )
        await crm.session.execute(text("analyze customers"))
    async with store.transaction() as crm:
        friends = Condition(field="friends_brought", op=Op.LT, values=(2,))
        counted = await crm.segments.count(AnyOf(of=(GOLD, friends)), NOW, limit_ms=1)
        assert (counted.members, counted.timed_out) == (None, True)
        assert (counted.estimate or 0) > 1000
        assert await crm.session.scalar(text("show statement_timeout")) == "0"
        assert (await crm.segments.count(GOLD, NOW)).members == 60000


async def test_what_can_be_chosen_comes_from_the_records(crowd: Crowd) -> None:
    await crowd.shelf("KT1")
    await crowd.shelf("KT2", brand="Marlowe")
    await crowd.shop("ORC")
    ann = await crowd.customer("Ann")
    told = [TouchpointTold(ann, kind, NOW, "door", kind) for kind in ("visit", "kiosk")]
    async with crowd.store.transaction() as crm:
        await crm.touchpoints.tell(told)
        choices = await crm.segments.choices.offered()
    assert choices.of("categories") == {"Kitchen": {"en": "Kitchen", "zh": "厨房用品"}}
    assert list(choices.of("brands")) == ["Linden", "Marlowe"]
    assert list(choices.of("touchpoints")) == ["kiosk", "visit"]
    assert list(choices.of("stores")) == ["ORC"]
    assert choices.of("tiers") == {}


async def test_campaigns_that_use_a_segment_are_named(store: Store) -> None:
    segment_id = await made(store)
    async with store.transaction() as crm:
        made_now = "values ('Spring', 'care', 'draft', 1, now(), now(), 0)"
        await crm.session.execute(
            text(f"insert into campaigns (name, purpose, state, version, made_at, changed_at, cursor) {made_now}")
        )
        plan = f'{{"segment_id": {segment_id}}}'
        keep = text("insert into campaign_versions (campaign_id, version, plan, made_at) values (1, 1, :plan, now())")
        await crm.session.execute(keep, {"plan": plan})
        used = await crm.segments.choices.used_by([segment_id, 77])
    assert used == {segment_id: [UsedBy(1, "Spring", "draft")]}
