"""Kill -9 of the app at random moments during many conversations: is anything lost, is anything answered twice?

./careloop bench kill [--conversations 500] [--kills 20]
"""

import argparse
import asyncio
import random
import sys
from collections import Counter
from collections.abc import Callable

import aiohttp
import psycopg

from benchmarks._house import RunningHouse, running_house
from benchmarks._shopper import Shopper

SIDE_BY_SIDE = 12
COMPLAINT = "the blender I bought is broken and I want to complain, it smokes"
LINES = [
    "hello",
    "do you have an air fryer",
    "how do returns work",
    "where are your stores",
    "stop",
    "别再发了",
    "thanks",
]
QUIET_FOR = 8.0


async def converse(http: aiohttp.ClientSession, house: RunningHouse, number: int) -> int:
    """One shopper: four turns of small talk, or a complaint from its first word to its number."""
    shopper = Shopper(http, house.url)
    await shopper.arrive()
    chance = random.Random(number)
    lines = [COMPLAINT, "no order number", "my money back please"] if number % 5 == 0 else chance.choices(LINES, k=4)
    for line in lines:
        await shopper.say(line)
        await shopper.hear()
    return len(lines)


async def storm(house: RunningHouse, kills: int, running: Callable[[], bool]) -> int:
    """Kill the app now and then while conversations are under way; the supervisor starts it again."""
    done = 0
    while running() and done < kills:
        await asyncio.sleep(random.uniform(0.3, 3.0))
        process = house.process("bot.main")
        if process is not None:
            process.kill()
            done += 1
    return done


async def run(house: RunningHouse, conversations: int, kills: int) -> tuple[int, int]:
    """Messages sent and kills done."""
    places = asyncio.Semaphore(SIDE_BY_SIDE)
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as http:

        async def one(number: int) -> int:
            async with places:
                return await converse(http, house, number)

        talks = [asyncio.ensure_future(one(number)) for number in range(conversations)]
        killing = asyncio.ensure_future(storm(house, kills, lambda: not all(talk.done() for talk in talks)))
        sent = sum(await asyncio.gather(*talks))
        killing_done = await killing
        await asyncio.sleep(QUIET_FOR)
    return sent, killing_done


FIGURES = {
    "messages in": "select count(*) from interactions where direction = 'in'",
    "answers": "select count(distinct answers) from interactions where direction = 'out'",
    "left unanswered": """select count(*) from interactions i where direction = 'in'
        and not exists (select 1 from interactions o where o.answers = i.id and o.seq is not null)""",
    "said twice": """select count(*) from (select answers, text from interactions where direction = 'out'
        group by answers, text having count(*) > 1) t""",
    "same event twice": """select count(*) from (select provider_id from interactions where direction = 'in'
        group by provider_id, conversation_id having count(*) > 1) t""",
    "complaint talks": f"select count(distinct conversation_id) from interactions where text = '{COMPLAINT}'",
    "complaints": "select count(*) from complaints",
    "still pending in the inbox": "select count(*) from inbox_events where state = 'pending'",
    "not sent": "select count(*) from outbox_messages where state <> 'sent'",
    "apologies": """select count(*) from interactions where direction = 'out'
        and text like any(array['I cannot think%', 'One moment%'])""",
    "gaps in a thread": """select count(*) from (select conversation_id from interactions where seq is not null
        group by conversation_id having max(seq) <> count(*)) t""",
}


def figures(url: str) -> dict[str, int]:
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        return {name: connection.execute(query).fetchone()[0] for name, query in FIGURES.items()}  # type: ignore[index]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--conversations", type=int, default=500)
    parser.add_argument("--kills", type=int, default=20)
    wanted = parser.parse_args()
    with running_house() as house:
        process = house.process("bot.main")
        assert process is not None
        url = process.environ()["CARELOOP_DATABASE_URL"]
        sent, kills = asyncio.run(run(house, wanted.conversations, wanted.kills))
        found = figures(url)
    print(f"{wanted.conversations} conversations, {sent} messages sent, {kills} kills of the app")
    for name, figure in found.items():
        print(f"  {name:<28}{figure:>8}")
    lost = sent - found["messages in"]
    wrong = Counter(
        {
            name: found[name]
            for name in ("left unanswered", "said twice", "same event twice", "still pending in the inbox")
        }
    )
    wrong["messages lost"] = lost
    wrong["complaints too many or few"] = abs(found["complaint talks"] - found["complaints"])
    verdict = {name: many for name, many in wrong.items() if many}
    print("nothing lost, nothing answered twice" if not verdict else f"WRONG: {verdict}")
    return 1 if verdict else 0


if __name__ == "__main__":
    sys.exit(main())
