"""Kill -9 of any process while a campaign goes out, and pause it over and over: is anything lost, or sent twice?

./careloop bench storm [--touches 20000] [--kills 50] [--pauses 50] [--rate 500]

Two workers and two schedulers on one database, each a process, each started again when it is killed. The provider, a
process nobody kills, counts what every chat got. What nobody knows of is called unknown, and settled by its record.
"""

import argparse
import asyncio
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import uvloop
from sqlalchemy import func, select

from benchmarks._audience import AT_ANY_HOUR, LANE, WORDS, ZONE, fill, now
from benchmarks._twins import running_postgres
from benchmarks.send import ROOT, provider
from crm_store.campaigns.campaign import Campaign, CampaignState, CampaignVersion
from crm_store.campaigns.campaign_writes import By
from crm_store.database import Store, open_store
from crm_store.people.identities import ChannelIdentity
from crm_store.planning.touches import Touch
from crm_store.plans.plan import Once, Plan
from scheduler.care.lane import MOST

ROLES = ("worker", "worker", "scheduler", "scheduler")
UNDER_WAY = ("waiting", "sending")
UNDER_WAY_FOR = 0.5
"""Seconds for which a message that was handed over before a pause may still be on its way, on a busy machine."""


@dataclass
class Processes:
    """Two of each, by place; one that was killed is started again at once."""

    arguments: tuple[str, ...]
    running: list[subprocess.Popen[str]] = field(default_factory=list)
    killed: Counter[str] = field(default_factory=Counter)

    def start(self, role: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "benchmarks._storm_worker", role, *self.arguments]
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, text=True, cwd=ROOT)

    def begin(self) -> None:
        self.running = [self.start(role) for role in ROLES]

    def kill_one(self) -> None:
        """Any of them, and in the middle of anything."""
        place = random.randrange(len(ROLES))
        self.running[place].kill()
        self.running[place].wait()
        self.killed[ROLES[place]] += 1
        self.running[place] = self.start(ROLES[place])

    def end(self) -> None:
        for each in self.running:
            each.terminate()
        for each in self.running:
            each.wait()


async def scheduled(store: Store) -> int:
    """A campaign for everybody that is due now; whoever looks first fires it."""
    async with store.transaction() as crm:
        await crm.contact_policies.change(AT_ANY_HOUR, By(None, now()))
        moment = now().replace(microsecond=0)
        trigger = Once(at=moment.astimezone(ZONE).replace(tzinfo=None), clock="shop")
        plan = Plan(channels=("telegram",), contents=WORDS, trigger=trigger).model_dump(mode="json")
        made = Campaign(name="storm", purpose="promotion", state=CampaignState.SCHEDULED, approved_version=1,
                        next_at=moment, made_at=now(), changed_at=now())  # fmt: skip
        crm.session.add(made)
        await crm.session.flush()
        crm.session.add(CampaignVersion(campaign_id=made.id, version=1, plan=plan, made_at=now()))
        crm.nudge("care")
        return made.id


async def states(store: Store) -> dict[str, int]:
    async with store.reading() as crm:
        rows = await crm.session.execute(select(Touch.state, func.count()).group_by(Touch.state))
        return {state: many for state, many in rows}


async def killing(store: Store, processes: Processes, kills: int, over: asyncio.Event) -> None:
    """A few while it is planned; then each after something has gone out since the one before."""
    for number in range(kills):
        before = (await states(store)).get("sent", 0)
        await asyncio.sleep(random.uniform(0.2, 2.0))
        while number >= kills // 10 and (await states(store)).get("sent", 0) == before and not over.is_set():
            await asyncio.sleep(0.1)
        if over.is_set():
            return
        processes.kill_one()


async def pausing(store: Store, campaign: int, pauses: int, over: asyncio.Event) -> list[tuple[float, float]]:
    """Spans of time, on the clock of this machine, in which the campaign was paused."""
    spans: list[tuple[float, float]] = []
    while len(spans) < pauses and not over.is_set():
        await asyncio.sleep(random.uniform(0.3, 1.5))
        if not await _moved(store, campaign, CampaignState.RUNNING, "pause"):
            continue
        began = time.monotonic()
        await asyncio.sleep(random.uniform(0.1, 0.6))
        ended = time.monotonic()
        await _moved(store, campaign, CampaignState.PAUSED, "resume")
        spans.append((began, ended))
    return spans


async def _moved(store: Store, campaign: int, state: CampaignState, how: str) -> bool:
    async with store.transaction() as crm:
        if (await crm.campaigns.get(campaign)).state != state:
            return False
        await getattr(crm.campaigns, how)(campaign, By(None, now()))
        return True


async def gone_out(store: Store, touches: int, over: asyncio.Event) -> None:
    """Until everybody has a touch and none of them waits."""
    while True:
        await asyncio.sleep(0.5)
        found = await states(store)
        if sum(found.values()) >= touches and not found.keys() & set(UNDER_WAY):
            over.set()
            return


async def settle(store: Store, campaign: int, chats: dict[str, int]) -> int:
    """What is unknown, by the provider's own record."""
    settled = 0
    while True:
        async with store.transaction() as crm:
            letters = await crm.sending.unknown(campaign)
            for letter in letters:
                arrived = chats.get(letter.address, 0) > 0
                await crm.sending.settle_unknown(letter.id, arrived, "the provider's record", now())
        if not letters:
            return settled
        settled += len(letters)


async def storm(url: str, address: str, wanted: argparse.Namespace) -> Counter[str]:
    """What went wrong, by kind; empty when nothing did."""
    store = open_store(url, pool=6)
    over = asyncio.Event()
    async with store.transaction() as crm:
        await crm.lanes.ensure([LANE])
    processes = Processes((url, address, str(wanted.rate)))
    began = time.monotonic()
    campaign = await scheduled(store)
    processes.begin()
    try:
        kills = asyncio.ensure_future(killing(store, processes, wanted.kills, over))
        pauses = asyncio.ensure_future(pausing(store, campaign, wanted.pauses, over))
        await gone_out(store, wanted.touches, over)
        await kills
        spans = await pauses
    finally:
        processes.end()
    async with aiohttp.ClientSession() as http:
        chats, times = await told(http, f"{address}/chats"), await told(http, f"{address}/times")
    print(f"  {wanted.touches:,} touches in {time.monotonic() - began:.0f} s; killed {dict(processes.killed)}, "
          f"paused {len(spans)} times; {await states(store)}")  # fmt: skip
    unknown = await settle(store, campaign, chats)
    print(f"  unknown: {unknown}, settled by the provider's record; {await states(store)}")
    wrong = Counter(
        {
            "sent twice": sum(many > 1 for many in chats.values()),
            "more unknown than a batch a kill": max(0, unknown - MOST * (processes.killed["worker"] + 1)),
            "faster than the rate": max(0, most_in_a_second(times) - int(wanted.rate)),
            "sent while paused": in_pauses(times, spans),
        }
    ) + await lost(store, chats, wanted.touches)
    await store.close()
    return wrong


async def told(http: aiohttp.ClientSession, address: str) -> Any:
    async with http.get(address) as answer:
        return await answer.json()


async def lost(store: Store, chats: dict[str, int], touches: int) -> Counter[str]:
    """Touches that are not where the provider's record says they have to be."""
    asked = select(Touch.state, ChannelIdentity.address).join(ChannelIdentity, ChannelIdentity.id == Touch.identity_id)
    async with store.reading() as crm:
        found = {address: state for state, address in await crm.session.execute(asked)}
    return Counter(
        {
            "never planned": touches - len(found),
            "called sent and never came": sum(found[who] == "sent" and who not in chats for who in found),
            "came and not called sent": sum(found.get(who) != "sent" for who in chats),
            "in no final state": sum(state not in {"sent", "failed"} for state in found.values()),
        }
    )


def most_in_a_second(times: list[float]) -> int:
    most, first = 0, 0
    for place, at in enumerate(times):
        while times[first] <= at - 1.0:
            first += 1
        most = max(most, place - first + 1)
    return most


def in_pauses(times: list[float], spans: list[tuple[float, float]]) -> int:
    """Messages that came while the campaign was paused, but for those on their way when it was."""
    return sum(began + UNDER_WAY_FOR < at < ended for began, ended in spans for at in times)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--touches", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--pauses", type=int, default=50)
    parser.add_argument("--rate", type=float, default=500.0, help="of the lane, messages a second")
    wanted = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="careloop-storm-") as folder,
        running_postgres(Path(folder)) as server,
        provider(30) as address,
    ):
        fill(server.url, wanted.touches)
        wrong = uvloop.run(storm(server.url, address, wanted))
    bad = {name: many for name, many in wrong.items() if many > 0}
    print("nothing lost, nothing sent twice" if not bad else f"WRONG: {bad}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
