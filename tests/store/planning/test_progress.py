"""How far firings have come, and who got what: read for pages of staff."""

from datetime import timedelta

from crm_store.database import Store
from crm_store.planning.progress import Brief, by_lane
from crm_store.planning.recipients import RecipientsWanted
from tests.store.planning.shop import NOON, Shop


async def sent_out(shop: Shop) -> tuple[int, int, list[int]]:
    """A campaign with one firing: one sent just now, one due, one that waits for its hour."""
    people = [await shop.member(name=name) for name in ("Grace Lim", "50% Off_er", "Tan Wei")]
    campaign = await shop.campaign()
    firing = await shop.occurrence(campaign, state="planned")
    await shop.reserve(firing, people[0], NOON - timedelta(minutes=1), "sent")
    await shop.reserve(firing, people[1], NOON)
    await shop.reserve(firing, people[2], NOON + timedelta(hours=3))
    return campaign, firing, people


async def test_a_firing_is_counted_by_state_reason_and_lane(store: Store) -> None:
    shop = Shop(store)
    campaign, firing, _ = await sent_out(shop)
    async with store.reading() as crm:
        (progress,) = await crm.progress.of(campaign, NOON)
        brief = (await crm.progress.briefs([campaign], NOON))[campaign]
        assert await crm.progress.one(campaign + 1, firing, NOON) is None
    assert progress.by_state() == {"waiting": 2, "sent": 1}
    assert progress.by_reason("waiting") == {"hours": 2}
    (lane,) = by_lane([progress])
    assert (lane.lane, lane.due, lane.later, lane.sent, lane.lately) == ("telegram:main", 1, 1, 1, 1)
    assert lane.last_due == NOON + timedelta(hours=3)
    assert brief == Brief(1, 2, 0, 0, {"waiting": 2, "sent": 1})


async def test_people_are_found_by_state_by_name_and_page_by_page(store: Store) -> None:
    shop = Shop(store)
    _, firing, people = await sent_out(shop)
    async with store.reading() as crm:
        everybody = await crm.recipients.page(RecipientsWanted((firing,)))
        waiting = await crm.recipients.page(RecipientsWanted((firing,), state="waiting", reason="hours"))
        named = await crm.recipients.page(RecipientsWanted((firing,), words="50% off_"))
        first = await crm.recipients.page(RecipientsWanted((firing,), most=1))
        rest = await crm.recipients.page(RecipientsWanted((firing,), after=(firing, first[0].customer_id)))
        nobody = await crm.recipients.page(RecipientsWanted((firing,), words="%"))
        assert [person[1] for person in await crm.recipients.people("grace")] == ["Grace Lim"]
    assert [each.customer_id for each in everybody] == people
    assert [each.customer_id for each in waiting] == people[1:]
    assert [each.name for each in named] == ["50% Off_er"]
    assert len(first) == 2
    assert [each.customer_id for each in rest] == people[1:]
    assert [each.name for each in nobody] == ["50% Off_er"]
