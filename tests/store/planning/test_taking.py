"""What a claim reads, however much waits."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.sending.by_key import by_key
from crm_store.sending.taking import take
from tests.store.planning.shop import NOON, Shop

LANE = "telegram:main"
MANY = 4_000
CROWD = text(
    """
    with people as (
        insert into customers (name, language, time_zone, time_zone_source, birth_year_known, birth_calendar, tier,
                               joined_on)
        select 'Member ' || n, 'en', 'Asia/Singapore', 'said', true, 'solar', 'member', date '2024-01-01'
          from generate_series(1, :many) n
        returning id)
    insert into touches (occurrence_id, customer_id, state, outcome, reason, channel, lane, due_at, expires_at,
                         decided_at, policy_version)
    select :occurrence, id, 'waiting', 'send', '', 'telegram', :lane, :now, :now + interval '1 day', :now, 0 from people
    """
)
SCANNED = text(
    """
    select relname, seq_tup_read + idx_tup_fetch as read from pg_stat_xact_user_tables
     where relname in ('touches', 'customers')
    """
)


async def crowd(shop: Shop) -> int:
    occurrence = await shop.occurrence(await shop.campaign(), state="planned")
    async with shop.store.transaction() as crm:
        await crm.session.execute(CROWD, {"many": MANY, "occurrence": occurrence, "lane": LANE, "now": NOON})
        await crm.session.execute(text("analyze touches, customers"))
    return occurrence


async def read_in(session: AsyncSession) -> dict[str, int]:
    return {row.relname: row.read for row in await session.execute(SCANNED)}


async def test_a_claim_reads_what_it_takes_and_not_all_that_waits(shop: Shop) -> None:
    """They lie in the order they are taken in: none is read to be put in order."""
    occurrence = await crowd(shop)
    async with shop.store.transaction() as crm:
        taken = await take(crm.session, LANE, {occurrence: 20}, NOON)
        found = await read_in(crm.session)
    assert len(taken) == 20
    assert all(read <= 100 for read in found.values()), found


async def test_what_comes_after_is_planned_as_ever(shop: Shop) -> None:
    async with shop.store.transaction() as crm:
        async with by_key(crm.session):
            assert await crm.session.scalar(text("show enable_seqscan")) == "off"
        assert await crm.session.scalar(text("show enable_seqscan")) == "on"
