from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, insert, select

from crm_store.cases.complaints import Complaint, ComplaintConversation
from crm_store.cases.events import ComplaintEvent
from crm_store.database import Store
from crm_store.incidents.incidents import Incident, IncidentNotice, IncidentOver, IncidentUnknown
from crm_store.incidents.news import IncidentWordsMissing, News, NewsTold
from crm_store.people.identities import ChannelIdentity
from crm_store.shop.promotions import Promotion
from crm_store.staff.audit import AuditEvent
from crm_store.staff.members import Team
from crm_store.staff.scope import Scope
from crm_store.talks.conversations import Conversation
from crm_store.talks.interactions import Interaction
from crm_store.talks.outbox import OutboxMessage
from tests.mending import NOW, Case, MendingShop

WORDS = {"en": "The lids were faulty. New ones are on the way.", "zh": "壶盖有问题，新的已在路上。"}


@pytest.fixture
async def shop(store: Store) -> MendingShop:
    return await MendingShop(store).open()


async def incident(shop: MendingShop, *cases: Case) -> int:
    async with shop.store.transaction() as crm:
        row = Incident(shares="product", value="KT-1", title="KT-1", opened_at=NOW)
        crm.session.add(row)
        await crm.session.flush()
        for case in cases:
            (await crm.session.get_one(Complaint, case.id)).incident_id = row.id
        return row.id


async def told(shop: MendingShop, incident_id: int, staff: Scope, words: dict[str, str] | None = None) -> NewsTold:
    async with shop.store.transaction() as crm:
        return await crm.incident_news.tell(News(incident_id, words or WORDS, staff.staff_id), NOW)


async def rows[T](shop: MendingShop, table: type[T]) -> list[T]:
    async with shop.store.transaction() as crm:
        return list((await crm.session.scalars(select(table).order_by("id"))).all())


@contextmanager
def counted(store: Store) -> Iterator[list[str]]:
    """Every statement sent while the block runs."""
    statements: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *more: Any) -> None:
        statements.append(statement)

    event.listen(store.engine.sync_engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(store.engine.sync_engine, "before_cursor_execute", note)


async def test_every_shopper_is_told_once_in_their_language(shop: MendingShop) -> None:
    english, chinese, staff = await shop.case(), await shop.case(language="zh"), await shop.staff()
    incident_id = await incident(shop, english, chinese)
    news = await told(shop, incident_id, staff)
    assert (dict(news.outcomes), news.lanes) == ({"queued": 2}, frozenset({"webchat:shop"}))
    said = await rows(shop, OutboxMessage)
    assert [(each.body["text"], each.purpose, each.author) for each in said] == [
        (WORDS["en"], "service", "house"),
        (WORDS["zh"], "service", "house"),
    ]
    notices = await rows(shop, IncidentNotice)
    assert [(each.complaint_id, each.outcome) for each in notices] == [(english.id, "queued"), (chinese.id, "queued")]
    assert [each.interaction_id for each in notices] == [each.id for each in await rows(shop, Interaction)]
    events = await rows(shop, ComplaintEvent)
    assert [each.detail["step"] for each in events] == ["told", "told"]
    assert [each.action for each in await rows(shop, AuditEvent)] == ["told"]


async def test_who_cannot_be_reached_is_on_record_with_the_reason(shop: MendingShop) -> None:
    staff = await shop.staff()
    blocked, nowhere, twice = await shop.case(reachability="blocked"), await shop.case(), await shop.case()
    closed = await shop.case(closed_at=NOW)
    async with shop.store.transaction() as crm:
        for tie in (await crm.session.scalars(select(ComplaintConversation))).all():
            if tie.complaint_id == nowhere.id:
                await crm.session.delete(tie)
        again = Complaint(
            number="C1", category="damaged", what_happened="!", language="en", opened_at=NOW, changed_at=NOW
        )
        crm.session.add(again)
        await crm.session.flush()
        crm.session.add(ComplaintConversation(complaint_id=again.id, conversation_id=twice.conversation_id))
    same = Case(again.id, "C1", None, twice.conversation_id)
    news = await told(shop, await incident(shop, blocked, nowhere, twice, same, closed), staff)
    assert dict(news.outcomes) == {"blocked": 1, "no_conversation": 1, "queued": 1, "same_shopper": 1}
    assert len(await rows(shop, OutboxMessage)) == 1
    assert len(await rows(shop, IncidentNotice)) == 4


async def test_five_hundred_shoppers_are_told_in_a_handful_of_statements(shop: MendingShop) -> None:
    staff = await shop.staff()
    incident_id = await incident(shop)
    async with shop.store.transaction() as crm:
        await put_down(crm.session, 500, incident_id)
    with counted(shop.store) as statements:
        news = await told(shop, incident_id, staff)
    assert dict(news.outcomes) == {"queued": 500}
    assert len(statements) <= 8, statements
    async with shop.store.transaction() as crm:
        assert await crm.session.scalar(select(func.count()).select_from(OutboxMessage)) == 500


async def put_down(session: Any, count: int, incident_id: int) -> None:
    """Many cases of one incident, each with a conversation of its own."""
    every = range(1, count + 1)
    home = {"channel": "webchat", "account": "shop"}
    case = {"category": "damaged", "what_happened": "!", "language": "en", "incident_id": incident_id}
    at = {"opened_at": NOW, "changed_at": NOW}
    await session.execute(
        insert(ChannelIdentity), [home | {"address": f"n{number}", "created_at": NOW} for number in every]
    )
    await session.execute(insert(Conversation), [home | {"identity_id": number, "opened_at": NOW} for number in every])
    await session.execute(insert(Complaint), [case | at | {"number": f"N{number}"} for number in every])
    await session.execute(
        insert(ComplaintConversation), [{"complaint_id": number, "conversation_id": number} for number in every]
    )


async def test_a_button_pressed_twice_tells_once_and_new_words_tell_again(shop: MendingShop) -> None:
    staff = await shop.staff()
    incident_id = await incident(shop, await shop.case())
    assert (await told(shop, incident_id, staff)).update_id == (await told(shop, incident_id, staff)).update_id
    assert len(await rows(shop, OutboxMessage)) == 1
    await told(shop, incident_id, staff, {"en": "They have arrived.", "zh": "已经到货。"})
    assert len(await rows(shop, OutboxMessage)) == 2


async def test_news_are_told_in_every_language_or_not_at_all(shop: MendingShop) -> None:
    staff = await shop.staff()
    incident_id = await incident(shop, await shop.case())
    with pytest.raises(IncidentWordsMissing, match="zh"):
        await told(shop, incident_id, staff, {"en": "Only English.", "zh": "  "})
    assert await rows(shop, OutboxMessage) == []


async def test_an_incident_is_seen_by_those_who_may_see_one_of_its_cases(shop: MendingShop) -> None:
    async with shop.store.transaction() as crm:
        north = Team(code="north", name={"en": "North", "zh": "北区"})
        crm.session.add(north)
    ours, stranger = await shop.staff(teams=frozenset({north.id})), await shop.staff()
    incident_id = await incident(shop, await shop.case(team_id=north.id), await shop.case(team_id=north.id))
    async with shop.store.transaction() as crm:
        assert [(seen.incident.id, seen.cases) for seen in await crm.incidents.open_ones(ours)] == [(incident_id, 2)]
        assert await crm.incidents.open_ones(stranger) == []
        with pytest.raises(IncidentUnknown):
            await crm.incidents.get(incident_id, stranger)


async def test_staff_put_cases_in_and_out_and_it_is_on_record(shop: MendingShop) -> None:
    staff, first, other = await shop.staff(), await shop.case(), await shop.case()
    incident_id = await incident(shop, first)
    async with shop.store.transaction() as crm:
        await crm.incidents.join(incident_id, other.id, staff, NOW)
        await crm.incidents.leave(first.id, staff, NOW)
    async with shop.store.transaction() as crm:
        assert [case.id for case in await crm.incidents.cases_of(incident_id, staff)] == [other.id]
    assert [event.detail["step"] for event in await rows(shop, ComplaintEvent)] == ["joined", "left"]
    assert [deed.action for deed in await rows(shop, AuditEvent)] == ["joined", "left"]


async def test_a_closed_incident_tells_and_takes_nothing_any_more(shop: MendingShop) -> None:
    staff, case = await shop.staff(), await shop.case()
    incident_id = await incident(shop, case)
    async with shop.store.transaction() as crm:
        await crm.incidents.close(incident_id, staff, NOW)
    with pytest.raises(IncidentOver):
        await told(shop, incident_id, staff)
    async with shop.store.transaction() as crm:
        with pytest.raises(IncidentOver):
            await crm.incidents.join(incident_id, case.id, staff, NOW)


async def test_promotions_of_a_product_are_held_while_its_incident_is_open(shop: MendingShop) -> None:
    staff, today = await shop.staff(), date(2026, 11, 23)
    incident_id = await incident(shop, await shop.case())
    async with shop.store.transaction() as crm:
        days = {"starts_on": today, "ends_on": today + timedelta(days=9)}
        for name, skus in (("kettles", ["KT-1", "KT-2"]), ("toasters", ["TS-1"]), ("everything", [])):
            crm.session.add(Promotion(title={"en": name}, text={"en": name}, skus=skus, **days))

    async def running() -> list[str]:
        async with shop.store.transaction() as crm:
            return [promotion.title["en"] for promotion in await crm.promotions.running(today)]

    assert await running() == ["toasters", "everything"]
    async with shop.store.transaction() as crm:
        assert await crm.incidents.held_products() == {"KT-1"}
        await crm.incidents.hold(incident_id, False, staff, NOW)
    assert await running() == ["kettles", "toasters", "everything"]
    async with shop.store.transaction() as crm:
        await crm.incidents.hold(incident_id, True, staff, NOW)
        await crm.incidents.close(incident_id, staff, NOW)
    assert len(await running()) == 3
