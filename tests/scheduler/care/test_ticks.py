import asyncio
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text, update

from crm_store.campaigns.campaign import Campaign, CampaignState
from crm_store.database import Store
from crm_store.decision.message import Late
from crm_store.planning.occurrences import Occurrence
from crm_store.plans.plan import Anniversary, Once, OnEvent, Plan, Repeating
from crm_store.touchpoints.care_events import CareEvent
from scheduler.care.jobs import CareJobs, Queue
from scheduler.care.ticks import Ticks
from tests.scheduler.care.works import CareHouse
from tests.store.planning.shop import NOON, SOON, Shop

ZONE = "Asia/Singapore"
TWELVE = NOON.astimezone(ZoneInfo(ZONE)).replace(tzinfo=None)


async def scheduled(members: Shop, plan: Plan, next_at: datetime, purpose: str = "promotion") -> int:
    campaign = await members.campaign(plan, purpose, CampaignState.SCHEDULED)
    async with members.store.transaction() as crm:
        await crm.session.execute(update(Campaign).where(Campaign.id == campaign).values(next_at=next_at))
    return campaign


async def fired(members: Shop) -> list[Occurrence]:
    async with members.store.transaction() as crm:
        return list(await crm.session.scalars(select(Occurrence).order_by(Occurrence.id)))


async def campaign_of(members: Shop, campaign_id: int) -> Campaign:
    async with members.store.transaction() as crm:
        return await crm.session.get_one(Campaign, campaign_id)


async def in_queue(members: Shop, statement: str) -> object:
    """A statement about the queue's own tables."""
    async with members.store.transaction() as crm:
        await crm.session.execute(text("set local search_path to jobs"))
        return await crm.session.scalar(text(statement))


DUE_AGAIN = "update procrastinate_jobs set scheduled_at = null returning id"
STALLED = """
    with gone as (insert into procrastinate_workers (last_heartbeat) values (now() - interval '5 minutes') returning id)
    update procrastinate_jobs set status = 'doing', worker_id = gone.id from gone returning 1
"""


async def jobs_of(members: Shop) -> list[tuple[str, str]]:
    async with members.store.transaction() as crm:
        rows = await crm.session.execute(
            text("select task_name, queueing_lock from jobs.procrastinate_jobs where status = 'todo' order by id")
        )
        return [(row[0], row[1]) for row in rows]


async def test_once_fires_once_is_planned_and_does_not_fire_again(members: Shop, care: CareHouse) -> None:
    ada = await members.member()
    plan = SOON.model_copy(update={"trigger": Once(at=TWELVE, clock="shop")})
    campaign = await scheduled(members, plan, NOON)
    await care.ticks.look()
    await care.ticks.look()
    (occurrence,) = await fired(members)
    assert (occurrence.campaign_id, occurrence.due_at, occurrence.purpose) == (campaign, NOON, "promotion")
    row = await campaign_of(members, campaign)
    assert (row.state, row.next_at) == (CampaignState.RUNNING, None)
    assert await jobs_of(members) == [("plan", f"plan:{occurrence.id}:0")]
    await care.work()
    assert list(await members.touches(occurrence.id)) == [ada]
    assert await jobs_of(members) == []


async def test_two_schedulers_at_the_same_minute_fire_one_occurrence_and_have_one_job(
    members: Shop, care: CareHouse, elsewhere: CareHouse
) -> None:
    for n in range(6):
        plan = SOON.model_copy(update={"trigger": Repeating(cron="0 12 * * *"), "priority": n})
        await scheduled(members, plan, NOON)
    await asyncio.gather(*(house.ticks.look() for house in (care, elsewhere) * 3))
    occurrences = await fired(members)
    assert len(occurrences) == 6
    assert sorted(await jobs_of(members)) == sorted(("plan", f"plan:{each.id}:0") for each in occurrences)


async def test_a_repeating_one_fires_at_each_of_its_times_and_passes_over_what_expired_while_nobody_looked(
    members: Shop, care: CareHouse
) -> None:
    plan = SOON.model_copy(update={"trigger": Repeating(cron="0 */6 * * *"), "expires_after": 12})
    campaign = await scheduled(members, plan, NOON - timedelta(days=3))
    await care.ticks.look()
    due = [each.due_at for each in await fired(members)]
    assert due == [NOON - timedelta(hours=6), NOON]
    assert (await campaign_of(members, campaign)).next_at == NOON + timedelta(hours=6)


async def test_a_birthday_is_planned_before_its_day_begins_anywhere(members: Shop, care: CareHouse) -> None:
    plan = Plan(channels=("telegram",), trigger=Anniversary(of="birthday"), late=Late.SKIP)
    campaign = await scheduled(members, plan, NOON, "care")
    care.wall = datetime(2026, 11, 23, 9, tzinfo=UTC)
    await care.ticks.look()
    assert [each.day for each in await fired(members)] == ["2026-11-24"]
    assert (await campaign_of(members, campaign)).next_at == care.wall + timedelta(days=1)


async def test_events_are_taken_in_ranges_each_once_by_whichever_scheduler(
    members: Shop, care: CareHouse, elsewhere: CareHouse
) -> None:
    plan = Plan(channels=("telegram",), trigger=OnEvent(of="purchase", hours=1))
    campaign = await scheduled(members, plan, NOON, "care")
    who = [await members.member(allows=("care",)) for _ in range(5)]
    async with members.store.transaction() as crm:
        for each in who[:4]:
            at = NOON - timedelta(hours=2)
            crm.session.add(CareEvent(kind="purchase", customer_id=each, key="1", at=at, detail={}))
        crm.session.add(CareEvent(kind="purchase", customer_id=who[4], key="1", at=NOON, detail={}))
    await asyncio.gather(care.ticks.look(), elsewhere.ticks.look())
    assert [(each.first_event, each.last_event) for each in await fired(members)] == [(1, 4)]
    row = await campaign_of(members, campaign)
    assert (row.cursor, row.next_at) == (4, NOON + timedelta(seconds=30))


@pytest.mark.parametrize("state", [CampaignState.PAUSED, CampaignState.CANCELLED, CampaignState.DRAFT])
async def test_what_is_not_awake_does_not_fire(members: Shop, care: CareHouse, state: CampaignState) -> None:
    campaign = await scheduled(members, SOON, NOON)
    async with members.store.transaction() as crm:
        await crm.session.execute(update(Campaign).where(Campaign.id == campaign).values(state=state))
    await care.ticks.look()
    assert await fired(members) == []


async def test_what_fired_and_was_never_put_into_the_queue_is_put_in_later(
    members: Shop, store: Store, care: CareHouse
) -> None:
    plan = SOON.model_copy(update={"trigger": Once(at=TWELVE, clock="shop")})
    await scheduled(members, plan, NOON)
    closed = Ticks(store, CareJobs(care.url, care.now), ZONE, care.now)
    await closed.look()
    assert await jobs_of(members) == []
    care.wall += timedelta(minutes=3)
    await care.ticks.look_again()
    await care.ticks.look_again()
    assert [name for name, _ in await jobs_of(members)] == ["plan"]


async def test_what_waits_of_a_cancelled_campaign_is_cancelled_with_it(members: Shop, care: CareHouse) -> None:
    ada, ben, cleo = [await members.member() for _ in range(3)]
    campaign = await members.campaign()
    occurrence = await members.occurrence(campaign, state="planned")
    await members.reserve(occurrence, ada, NOON)
    await members.reserve(occurrence, ben, NOON, "sending")
    await members.reserve(occurrence, cleo, NOON, "sent")
    async with members.store.transaction() as crm:
        await crm.session.execute(update(Campaign).values(state=CampaignState.CANCELLED))
    await care.ticks.look()
    states = {who: touch.state for who, touch in (await members.touches(occurrence)).items()}
    assert states == {ada: "cancelled", ben: "sending", cleo: "sent"}
    assert [each.state for each in await fired(members)] == ["cancelled"]


async def test_an_occurrence_is_done_when_nothing_of_it_waits_and_its_campaign_when_it_fires_no_more(
    members: Shop, care: CareHouse
) -> None:
    ada, ben = await members.member(), await members.member()
    campaign = await members.campaign()
    occurrence = await members.occurrence(campaign, state="planned")
    await members.reserve(occurrence, ada, NOON, "sent")
    await members.reserve(occurrence, ben, NOON)
    await care.tending.end()
    assert [each.state for each in await fired(members)] == ["planned"]
    care.wall += timedelta(days=3)
    await care.tending.end()
    touches = await members.touches(occurrence)
    assert (touches[ben].state, touches[ben].reason) == ("suppressed", "expired_waiting")
    assert [each.state for each in await fired(members)] == ["done"]
    assert (await campaign_of(members, campaign)).state == CampaignState.DONE


async def test_a_job_of_a_worker_that_died_is_done_by_another_and_goes_on_at_the_next_page(
    members: Shop, care: CareHouse
) -> None:
    everybody = [await members.member(id=1 + page * 10_000) for page in range(3)]
    occurrence = await members.occurrence(await members.campaign())
    await care.jobs.put("plan", occurrence)
    await in_queue(members, STALLED)
    assert await care.jobs.recover() == 1
    care.wall += timedelta(seconds=5)
    await in_queue(members, DUE_AGAIN)
    await care.work()
    assert sorted(await members.touches(occurrence)) == everybody


async def test_a_job_that_breaks_is_tried_again_so_many_times_and_then_once_whenever_it_has_rested(
    members: Shop, care: CareHouse
) -> None:
    tried = 0

    async def breaks(number: int, part: int) -> None:
        nonlocal tried
        tried += 1
        raise RuntimeError("what a customer wrote")

    care.jobs.kind("breaks", Queue.TENDING, breaks)
    await care.jobs.put("breaks", 7)
    for _ in range(12):
        await care.work()
        await in_queue(members, DUE_AGAIN)
    assert tried == 9
    assert await in_queue(members, "select status::text from procrastinate_jobs") == "failed"
    await in_queue(members, f"update procrastinate_jobs set scheduled_at = '{NOON}' returning id")
    care.wall = NOON + timedelta(minutes=14)
    await care.jobs.take_up("breaks", 7)
    assert await jobs_of(members) == []
    care.wall = NOON + timedelta(minutes=15)
    await care.jobs.take_up("breaks", 7)
    assert await jobs_of(members) == [("breaks", "breaks:7:0")]
    await in_queue(members, DUE_AGAIN)
    await care.work()
    assert tried == 10
    assert await in_queue(members, "select status::text from procrastinate_jobs") == "failed"


async def test_planning_holds_up_nothing_else(members: Shop, care: CareHouse) -> None:
    held, swept = asyncio.Event(), asyncio.Event()

    async def plans(number: int, part: int) -> None:
        await held.wait()

    async def sweeps(number: int, part: int) -> None:
        swept.set()

    care.jobs.kind("long", Queue.PLANNING, plans)
    care.jobs.kind("short", Queue.TENDING, sweeps)
    for number in range(5):
        await care.jobs.put("long", number)
    planning = asyncio.create_task(care.jobs.work(Queue.PLANNING, wait=False))
    await care.jobs.put("short")
    await care.jobs.work(Queue.TENDING, wait=False)
    assert swept.is_set()
    held.set()
    await planning


async def test_stopping_breaks_a_job_off_and_leaves_it_to_be_done_again(members: Shop, care: CareHouse) -> None:
    begun = asyncio.Event()

    async def for_ever(number: int, part: int) -> None:
        begun.set()
        await asyncio.Event().wait()

    care.jobs.kind("long", Queue.PLANNING, for_ever)
    await care.jobs.put("long")
    working = asyncio.create_task(care.jobs.work(Queue.PLANNING))
    await begun.wait()
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    assert await jobs_of(members) == [("long", "long:0:0")]


async def test_what_changed_is_read_anew_by_the_way(members: Shop, care: CareHouse) -> None:
    for page in (0, 3, 9):
        await members.member(id=1 + page * 10_000)
    await care.tending.round()
    await care.work()
    async with members.store.transaction() as crm:
        assert await crm.session.scalar(text("select count(*) from standings")) == 3
        assert await crm.session.scalar(text("select count(*) from stale_standings")) == 0


async def test_workers_whose_connections_are_cut_go_on(members: Shop, care: CareHouse) -> None:
    done: asyncio.Queue[int] = asyncio.Queue()

    async def notes(number: int, part: int) -> None:
        await done.put(number)

    own = CareJobs(care.url, care.now)
    own.kind("note", Queue.TENDING, notes)
    working = asyncio.create_task(own.run())
    theirs = "from pg_stat_activity where query ilike 'listen%' and datname = current_database()"
    async with asyncio.timeout(30):
        while await in_queue(members, f"select count(*) {theirs}") != len(Queue):
            await asyncio.sleep(0.02)
        await in_queue(members, f"select count(pg_terminate_backend(pid)) {theirs}")
        await own.put("note", 7)
        assert await done.get() == 7
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
