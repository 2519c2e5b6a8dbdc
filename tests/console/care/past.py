"""A campaign that was sent a week ago, and what came of it, for the rooms that tell of it."""

from tests.console.conftest import NOW, Desk
from tests.store.results.past import DAY, HOUR, Past


def past_of(desk: Desk) -> Past:
    return Past(desk.store, NOW)


async def sent_to(past: Past, buyers: int, others: int, held_out: int = 0, held_out_buyers: int = 0) -> tuple[int, int]:
    """The campaign and its firing: so many got it and bought, so many got it and did not, the rest was held out."""
    campaign, firing = await past.fired(goal_days=3)
    for place in range(buyers + others):
        customer = await past.member()
        await past.touch(firing, customer)
        if place < buyers:
            await past.buys(customer, 5000, HOUR)
    for place in range(held_out):
        customer = await past.member()
        await past.touch(firing, customer, "holdout")
        if place < held_out_buyers:
            await past.buys(customer, 5000, DAY)
    return campaign, firing
