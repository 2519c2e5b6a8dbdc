"""Staff are told by their own channel, shoppers honestly: each once."""

import asyncio

import pytest
from sqlalchemy import text

from crm_store.cases.events import Happened
from crm_store.database import Store
from crm_store.promises.escalations import Cause
from crm_store.sentences import Sentences
from crm_store.staff.notices import PendingNotice
from scheduler.apologies import Apologies
from scheduler.notices import Letterbox, Notices
from scheduler.promises import Promises
from tests.promising import SG, Shop, at
from tests.scheduler.conftest import Wall

LANES = {"email": "email:shop", "telegram": "telegram:shop"}


def notices(store: Store, sentences: Sentences, wall: Wall, lanes: dict[str, str] = LANES) -> Notices:
    return Notices(store, sentences, Letterbox(lanes, "https://care.example/console", SG), wall.now)


def apologies(store: Store, sentences: Sentences, wall: Wall) -> Apologies:
    return Apologies(store, sentences, SG, wall.now)


async def apologised(shop: Shop) -> list[str]:
    rows = await shop.rows("select body ->> 'text' from outbox_messages where purpose = 'service' order by id")
    return [row[0] for row in rows]


async def test_each_notice_leaves_once_by_the_way_its_member_of_staff_chose(
    shop: Shop, wall: Wall, here: Promises, sentences: Sentences, other: Store
) -> None:
    await shop.case(severity="high")
    for clock in ("09:00", "09:30"):
        wall.shows = at(23, clock)
        await here.look()
        await asyncio.gather(*(notices(store, sentences, wall).send() for store in (shop.store, other) * 2))
    rows = await shop.rows(
        "select lane, address, purpose, body ->> 'subject', body ->> 'text' from outbox_messages order by id"
    )
    assert [tuple(row) for row in rows] == [
        (
            "email:shop",
            "sara@shop.example",
            "staff",
            "Willowmere: Case C1 needs you",
            "Case C1: this is severe, somebody may have come to harm. Please look at it now.\n\n"
            "https://care.example/console/cases/C1",
        ),
        (
            "telegram:shop",
            "4711",
            "staff",
            "柳岸百货：投诉 C1需要您处理",
            "投诉 C1：情况严重，可能有人受到伤害，请立即查看。\n\nhttps://care.example/console/cases/C1",
        ),
    ]


async def test_a_missed_promise_is_told_to_staff_with_its_moment(
    shop: Shop, wall: Wall, here: Promises, sentences: Sentences
) -> None:
    await shop.case()
    wall.shows = at(23, "13:00")
    await here.look()
    await notices(shop.store, sentences, wall, {"email": "email:shop"}).send()
    (row,) = await shop.rows("select body ->> 'text' from outbox_messages")
    assert row[0].startswith("Case C1: the first answer was due on Monday (23/11) at 13:00 and has been missed.")


async def test_what_was_read_in_the_console_or_has_no_way_is_not_sent(
    shop: Shop, wall: Wall, here: Promises, sentences: Sentences
) -> None:
    await shop.case(severity="high")
    await notices(shop.store, sentences, wall, {}).send()
    async with shop.store.transaction() as crm:
        await crm.notices.mark_read(shop.staff["sara"], wall.shows)
    await notices(shop.store, sentences, wall).send()
    assert await shop.rows("select 1 from outbox_messages") == []


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("kind", [*Cause, "assigned"])
async def test_every_cause_has_its_words(
    shop: Shop, wall: Wall, sentences: Sentences, kind: str, language: str
) -> None:
    values = {"number": "C9", "clock": "resolution", "due": at(23, "13:00").isoformat()}
    notice = PendingNotice(1, 1, kind, values, None, None, "email", "a@b.example", language, "Sara")
    assert "C9" in notices(shop.store, sentences, wall).text(notice)


async def test_a_missed_promise_is_owned_up_to_once_whoever_looks(
    shop: Shop, wall: Wall, here: Promises, sentences: Sentences, other: Store
) -> None:
    case = await shop.case()
    wall.shows = at(23, "13:00")
    await here.look()
    for _ in range(2):
        await asyncio.gather(*(apologies(store, sentences, wall).say() for store in (shop.store, other) * 2))
    assert await apologised(shop) == [
        "About your complaint C1: a colleague should have answered you by now. It was due on Monday (23/11) at 13:00, "
        "and we are late. I am sorry. It has been passed to a senior colleague."
    ]
    (event,) = await shop.rows("select detail ->> 'clock' from complaint_events where kind = 'apologised'")
    assert event[0] == "first_answer"
    assert await shop.rows("select count(*) from clocks where told_at is not null") == [(1,)]
    assert await shop.talk_of(case)


async def test_two_missed_promises_of_one_interval_are_one_apology_and_a_reopening_begins_another(
    shop: Shop, wall: Wall, here: Promises, sentences: Sentences
) -> None:
    case = await shop.case(severity="high")
    for clock in ((23, "13:00"), (25, "10:00"), (25, "11:00")):
        wall.shows = at(*clock)
        await here.look()
        await apologies(shop.store, sentences, wall).say()
    assert len(await apologised(shop)) == 1
    await shop.happens(case, Happened.ANSWERED, at(25, "12:00"))
    await shop.happens(case, Happened.STATE, at(25, "12:00"), to="done")
    await shop.happens(case, Happened.REOPENED, at(25, "14:00"))
    wall.shows = at(25, "15:00")
    await here.look()
    await apologies(shop.store, sentences, wall).say()
    assert len(await apologised(shop)) == 2


async def test_an_answer_a_moment_ago_makes_the_apology_needless(
    shop: Shop, wall: Wall, here: Promises, sentences: Sentences
) -> None:
    case = await shop.case()
    wall.shows = at(23, "13:00")
    await here.look()
    async with shop.store.transaction() as crm:
        await crm.session.execute(
            text(
                "insert into complaint_events (complaint_id, at, kind, by, detail)"
                " values (:id, :now, 'answered', 'staff', '{}')"
            ),
            {"id": case, "now": at(23, "13:05")},
        )
    wall.shows = at(23, "13:06")
    await apologies(shop.store, sentences, wall).say()
    assert await apologised(shop) == []


async def test_nobody_is_woken_for_an_apology(shop: Shop, wall: Wall, here: Promises, sentences: Sentences) -> None:
    await shop.case(zone="America/New_York")
    wall.shows = at(23, "13:00")  # midnight there
    await here.look()
    await apologies(shop.store, sentences, wall).say()
    assert await apologised(shop) == []
    wall.shows = at(23, "21:00")  # eight in the morning
    await apologies(shop.store, sentences, wall).say()
    (words,) = await apologised(shop)
    assert "on Monday (23/11) at 00:00" in words


@pytest.mark.parametrize(
    "change",
    [
        "update channel_identities set reachability = 'blocked'",
        "update complaints set closed_at = opened_at",
        "update customers set erased_at = now()",
        "update channel_identities set customer_id = null; update complaints set identity_id = null",
    ],
)
async def test_who_cannot_or_must_not_be_reached_is_not_written_to(
    shop: Shop, wall: Wall, here: Promises, sentences: Sentences, change: str
) -> None:
    await shop.case()
    wall.shows = at(23, "13:00")
    await here.look()
    async with shop.store.transaction() as crm:
        for statement in change.split(";"):
            await crm.session.execute(text(statement))
    await apologies(shop.store, sentences, wall).say()
    assert await apologised(shop) == []


async def test_a_miss_of_long_ago_is_not_apologised_for_out_of_the_blue(
    shop: Shop, wall: Wall, here: Promises, sentences: Sentences
) -> None:
    await shop.case()
    wall.shows = at(25, "14:00")
    await here.look()
    await apologies(shop.store, sentences, wall).say()
    assert await apologised(shop) == []


async def test_nothing_is_said_of_a_senior_colleague_whom_nobody_has_told(
    shop: Shop, wall: Wall, here: Promises, sentences: Sentences
) -> None:
    await shop.case()
    async with shop.store.transaction() as crm:
        await crm.session.execute(text("delete from escalation_steps where cause = 'missed'"))
    wall.shows = at(23, "13:00")
    await here.look()
    await apologies(shop.store, sentences, wall).say()
    (words,) = await apologised(shop)
    assert words.endswith("It is not forgotten, and it stays open until it is resolved.")
