"""How fast a lane goes: exactly as fast as it may, in any second, and replies before everything else."""

import asyncio
import time

from sqlalchemy import select

from bot.channels.base import Rendered, Result, SendResult
from crm_store.campaigns.campaigns import By
from crm_store.plans.plan import Plan
from crm_store.talks.answers import plainly
from crm_store.talks.conversations import Conversation
from crm_store.talks.interactions import Interaction
from crm_store.talks.lanes import Lane, lane_number
from crm_store.talks.outbox import OutboxMessage
from scheduler.breaker import IN_A_ROW, REST
from tests.scheduler.care.house import HELLO, LANE, Doorway, House


class Stopwatch(Doorway):
    """Notes when each message came in, on a monotonic clock, and to whom."""

    def __init__(self, rate: float) -> None:
        super().__init__("telegram", rate)
        self.times: list[tuple[float, str]] = []

    async def send(self, rendered: Rendered) -> SendResult:
        self.times.append((time.monotonic(), rendered.payload["text"]))
        return await super().send(rendered)

    def most_in_a_second(self, text: str = "") -> int:
        times = [at for at, said in self.times if text in said]
        return max(sum(start <= at < start + 1.0 for at in times) for start in times)


def hello(name: str) -> Plan:
    words = tuple(content.model_copy(update={"text": f"{name} {{first_name}}"}) for content in HELLO.contents)
    return HELLO.model_copy(update={"contents": words, "channels": ("telegram",)})


async def reply(house: House, address: str) -> None:
    async with house.store.transaction() as crm:
        row = OutboxMessage(
            lane=LANE, address=address, purpose="reply", author="bot", priority=0, body={"text": "reply"},
            queued_at=house.now(),
        )  # fmt: skip
        crm.outbox.queue(row)
        crm.nudge("outbox", lane_number(LANE))


async def test_no_second_has_more_messages_than_the_lane_may_send(house: House) -> None:
    house.telegram = watch = Stopwatch(rate=40)
    await house.crowd(110)
    await house.planned(hello("one"))
    async with house.sending():
        await house.until("sent", 110)
    assert watch.most_in_a_second() <= 40 - 4, "and a tenth is left to replies"


async def test_a_reply_goes_at_once_however_much_care_waits(house: House) -> None:
    house.telegram = watch = Stopwatch(rate=20)
    await house.crowd(100)
    await house.planned(hello("one"))
    async with house.sending():
        await house.holds(lambda: _sent(watch, 18))
        await reply(house, "visitor")
        await house.holds(lambda: _sent(watch, 1, "reply"))
        place = [said for _, said in watch.times].index("reply")
    assert place < 40, "not behind the hundred that wait"
    assert watch.most_in_a_second() <= 20


async def test_replies_and_care_side_by_side_number_their_threads_without_a_gap(house: House) -> None:
    people = await house.crowd(80)
    await house.planned()
    async with house.sending():
        await house.until("sent", 80)
    async with house.store.transaction() as crm:
        threads = [await crm.answers.thread_of(id) for id in await crm.session.scalars(select(Conversation.id))]
        await crm.contact_policies.change({"overall": [], "by_purpose": {}, "gap_hours": 0}, By(None, house.now()))
    assert len(threads) == len(people)
    for _ in range(2):
        await house.planned()
    async with house.sending():
        for _ in range(3):
            async with house.store.transaction() as crm:
                for thread in threads:
                    await crm.answers.say(thread, [plainly("bot", "reply", "en")], house.now())
                crm.nudge("outbox", lane_number(LANE))
        await house.until("sent", 3 * 80)
        await house.holds(lambda: _all_numbered(house, 80, 6))


async def _all_numbered(house: House, threads: int, messages: int) -> bool:
    async with house.store.reading() as crm:
        last = list(await crm.session.scalars(select(Conversation.last_seq)))
        seqs = list(await crm.session.scalars(select(Interaction.seq).where(Interaction.seq.is_not(None))))
    numbered = sorted(seq for seq in seqs if seq is not None)
    return last == [messages] * threads and numbered == sorted(list(range(1, messages + 1)) * threads)


async def test_staff_may_slow_a_lane_down_while_it_sends(house: House) -> None:
    house.telegram = watch = Stopwatch(rate=200)
    await house.crowd(300)
    await house.planned(hello("one"))
    async with house.sending():
        await house.holds(lambda: _sent(watch, 100))
        async with house.store.transaction() as crm:
            await crm.lanes.set_rate(LANE, 5)
            crm.nudge("care")
        await asyncio.sleep(1.1)
        slowed = len(watch.times)
        await asyncio.sleep(1.1)
        assert len(watch.times) - slowed <= 2 * 5
        async with house.store.transaction() as crm:
            await crm.lanes.set_rate(LANE, None)
            crm.nudge("care")
        await house.until("sent", 300)
    assert set(watch.got.values()) == {1}


async def test_a_campaign_keeps_its_own_rate_and_others_pass_it_by(house: House) -> None:
    house.telegram = watch = Stopwatch(rate=300)
    await house.crowd(40)
    slow = await house.planned(hello("slow"), purpose="service")
    async with house.store.transaction() as crm:
        campaign = await house.campaign_of(slow)
        await crm.campaigns.set_rate(campaign, By(None, house.now()), 4)
    await house.planned(hello("quick"), purpose="service")
    async with house.sending():
        await house.holds(lambda: _sent(watch, 40, "quick"), within=5)
        assert len([1 for _, said in watch.times if "slow" in said]) < 20
        await asyncio.sleep(1.2)
        async with house.store.transaction() as crm:
            await crm.campaigns.set_rate(campaign, By(None, house.now()), None)
        await house.until("sent", 80)
    before_it_was_lifted = [at for at, said in watch.times if "slow" in said][:8]
    assert before_it_was_lifted[4] - before_it_was_lifted[0] >= 1.0


async def test_a_provider_that_answers_nothing_useful_is_given_a_rest_that_everybody_can_see(house: House) -> None:
    await house.crowd(30)
    house.telegram.answer_next(*[SendResult(Result.RETRY_AT, retry_after=1)] * IN_A_ROW)
    await house.planned()
    async with house.sending():
        await house.holds(lambda: house.read(select(Lane.trips).filter_by(name=LANE)))
        assert await house.read(select(Lane.rests_until).filter_by(name=LANE)) == house.now() + REST
        await house.holds(lambda: _nothing_under_way(house))
        taken = len(house.telegram.sent)
        house.later(seconds=4)
        await asyncio.sleep(1.2)
        assert len(house.telegram.sent) == taken
        house.later(seconds=4)
        await house.until("sent", 30)
        assert await house.read(select(Lane.trips).filter_by(name=LANE)) == 0
    assert set(house.telegram.got.values()) == {1}


async def test_replies_wait_for_a_resting_lane_and_then_go_before_care(house: House) -> None:
    await house.crowd(30)
    house.telegram.answer_next(*[SendResult(Result.RETRY_AT, retry_after=1)] * IN_A_ROW)
    await house.planned()
    async with house.sending():
        await house.holds(lambda: house.read(select(Lane.trips).filter_by(name=LANE)))
        await house.holds(lambda: _nothing_under_way(house))
        taken = len(house.telegram.sent)
        await reply(house, "visitor")
        await asyncio.sleep(1.2)
        assert len(house.telegram.sent) == taken
        house.later(seconds=5)
        await house.holds(lambda: _sent_texts(house, "reply"))
        assert len(house.telegram.sent) == taken + 1
        await house.until("sent", 30)


async def test_a_new_holder_of_the_lane_counts_what_was_sent_just_before(house: House) -> None:
    house.telegram = watch = Stopwatch(rate=20)
    await house.crowd(54)
    await house.planned(hello("one"))
    async with house.sending():
        await house.holds(lambda: _sent(watch, 18))
    async with house.sending():
        await house.until("sent", 54)
    assert watch.most_in_a_second() <= 20


async def _sent(watch: Stopwatch, count: int, text: str = "") -> bool:
    return len([1 for _, said in watch.times if text in said]) >= count


async def _sent_texts(house: House, text: str) -> bool:
    return any(payload["text"] == text for payload in house.telegram.sent)


async def _nothing_under_way(house: House) -> bool:
    return "sending" not in await house.states()
