"""Messages that want one slot, decided at the same moment by different processes: the cap holds."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import text

from crm_store.database import Store
from crm_store.decision.message import Cap
from crm_store.decision.policy_text import DEFAULTS
from crm_store.plans.plan import Plan
from crm_store.sending.letter import Letter
from tests.scheduler.care.house import HELLO, TERMS, House

LANES = ("telegram:main", "email:main")
ROUNDS, PEOPLE = 10, 100

_BOTH = text(
    """
    insert into touches (occurrence_id, customer_id, state, outcome, reason, channel, lane, due_at, expires_at,
                         decided_at, policy_version)
    select :occurrence, who, 'waiting', 'send', 'allowed', :channel, :lane, :now,
           cast(:now as timestamptz) + interval '1 day', :now, 1
      from unnest(cast(:people as bigint[])) who
    """
)


async def claim(store: Store, lane: str, house: House, limit: int = 200) -> list[Letter]:
    async with store.transaction() as crm:
        return await crm.sending.claim(lane, house.now(), limit, TERMS.sender)


async def both_reserved(house: House, people: list[int]) -> None:
    """A touch of each of two campaigns for everybody, both due now: as two plans of the same moment leave them."""
    for lane in LANES:
        channel = lane.partition(":")[0]
        campaign = await house.shop.campaign(Plan(channels=(channel,), contents=HELLO.contents))
        asked = {"occurrence": await house.shop.occurrence(campaign), "channel": channel, "lane": lane}
        async with house.store.transaction() as crm:
            await crm.session.execute(_BOTH, {**asked, "people": people, "now": house.now()})


async def opened(house: House) -> None:
    async with house.store.transaction() as crm:
        await crm.lanes.ensure(list(LANES))


async def test_two_campaigns_racing_for_one_slot_a_thousand_times_never_exceed_the_cap(
    house: House, other: Store
) -> None:
    one = replace(DEFAULTS, version=1, overall=(Cap(1, timedelta(days=7)),), by_purpose={}, gap=timedelta(0))
    await house.shop.rules(one)
    await opened(house)
    for _ in range(ROUNDS):
        people = await house.crowd(PEOPLE)
        await both_reserved(house, people)
        written_to: list[int] = []
        for _ in range(4):
            both = await asyncio.gather(claim(house.store, LANES[0], house), claim(other, LANES[1], house))
            written_to += [letter.customer_id for letters in both for letter in letters]
        assert sorted(written_to) == people, "everybody is written to once, by one of the two"


async def test_two_lanes_take_turns_with_a_person(house: House, other: Store) -> None:
    """Who is just being decided about is passed over, and there the next time."""
    people = await house.crowd(3)
    await house.shop.rules(replace(DEFAULTS, version=1, overall=(), by_purpose={}, gap=timedelta(0)))
    await opened(house)
    await both_reserved(house, people)
    async with house.store.transaction() as crm:
        assert len(await crm.sending.claim(LANES[0], house.now(), 2, TERMS.sender)) == 2
        assert [letter.customer_id for letter in await claim(other, LANES[1], house)] == people[2:]


async def test_of_two_messages_to_one_person_the_better_rank_goes_first_and_the_other_sees_it(house: House) -> None:
    (ada,) = await house.crowd(1)
    await opened(house)
    plan = Plan(channels=("telegram",), contents=HELLO.contents)
    occurrences = []
    for priority in (7, 2):
        occurrence = await house.shop.occurrence(await house.shop.campaign(plan), priority=priority)
        await house.shop.reserve(occurrence, ada, house.now())
        occurrences.append(occurrence)
    (letter,) = await claim(house.store, LANES[0], house)
    assert letter.occurrence_id == occurrences[1]
    assert await claim(house.store, LANES[0], house) == []
    loser = await house.touch(occurrences[0], ada)
    assert (loser.state, loser.reason) == ("waiting", "gap")
