"""The board, the search and the list of what did not arrive: true, in scope, and harmless whatever shoppers write."""

from datetime import timedelta

from crm_store.cases.complaints import Complaint
from crm_store.incidents.incidents import Incident
from crm_store.shop.stores import RetailStore
from crm_store.staff.scope import Scope
from crm_store.talks.outbox import OutboxMessage, OutState
from tests.console.conftest import NOW, Desk, SignedIn, text_of
from tests.console.test_inbox import HOSTILE, case_of
from tests.store.desk_shop import Case


async def lost(desk: Desk, case: Case, text: str) -> int:
    async with desk.store.transaction() as crm:
        row = OutboxMessage(
            lane="webchat:main",
            conversation_id=case.conversation_id,
            address="w1",
            purpose="reply",
            author="staff",
            priority=0,
            body={"text": text},
            state=OutState.FAILED,
            tries=6,
            queued_at=NOW - timedelta(hours=2),
            error="403 bot was blocked by the user",
        )
        crm.session.add(row)
        await crm.session.flush()
        return row.id


async def test_the_board_counts_what_is_overdue_and_handlers_may_not_open_it(
    desk: Desk, console_client: SignedIn
) -> None:
    await case_of(desk, "Grace Lim", next_due_at=NOW - timedelta(minutes=5))
    wei, mei = await console_client("supervisor"), await console_client("handler")
    page = await wei.page("/console/board")
    assert "1" in text_of(page, '.stat[href="/console/inbox?view=overdue"] .figure')
    assert (await mei.get("/console/board")).status_code == 403


async def test_the_board_calls_a_store_by_its_name(desk: Desk, console_client: SignedIn) -> None:
    case = await case_of(desk, "Grace Lim")
    async with desk.store.transaction() as crm:
        crm.session.add(
            RetailStore(
                code="bugis",
                name={"en": "Bugis", "zh": "武吉士"},
                address={},
                directions={},
                also={},
                phone="",
                time_zone="UTC",
                hours={},
            )
        )
        made = Incident(shares="store", value="bugis", title="bugis", opened_at=NOW)
        crm.session.add(made)
        await crm.session.flush()
        (await crm.session.get_one(Complaint, case.complaint_id)).incident_id = made.id
    wei = await console_client("supervisor")
    assert "Bugis1 case" in text_of(await wei.page("/console/board"), f'a[href="/console/incidents/{made.id}"]')


async def test_the_field_finds_a_case_by_its_number_and_marks_words_without_making_markup(
    desk: Desk, console_client: SignedIn
) -> None:
    case = await case_of(desk, "Grace Lim", category="delivery", what_happened=f"the kettle leaks {HOSTILE}")
    mei = await console_client("handler")
    found = await mei.page("/console/search", q=case.number)
    assert case.number in text_of(found, "main")
    found = await mei.page("/console/search", q="kettle")
    assert text_of(found, "mark") == "kettle"
    assert not found.css("main img, main script")


async def test_another_teams_case_is_not_found_by_its_number(desk: Desk, console_client: SignedIn) -> None:
    await console_client("handler", teams=["north"])
    case = await case_of(desk, "Grace Lim", "north")
    tom = await console_client("handler", teams=["south"])
    assert "Grace" not in text_of(await tom.page("/console/search", q=case.number), "main")


async def test_an_empty_field_teaches_what_it_can_find(console_client: SignedIn) -> None:
    mei = await console_client("handler")
    assert "case or order number" in text_of(await mei.page("/console/search"), "main")


async def test_a_lost_message_gets_an_owner_and_ends_once(desk: Desk, console_client: SignedIn) -> None:
    outbox_id = await lost(desk, await case_of(desk, "Grace Lim"), HOSTILE)
    mei = await console_client("handler")
    page = await mei.page("/console/undelivered")
    assert "bot was blocked" in text_of(page, "li.card")
    assert not page.css("main img, main script")
    await mei.post(f"/console/undelivered/{outbox_id}/take")
    assert f"{mei.member.name} looks after it" in text_of(await mei.page("/console/undelivered"), "li.card")
    await mei.post(f"/console/undelivered/{outbox_id}/close", {"outcome": "told_otherwise"})
    assert "Everything has arrived" in text_of(await mei.page("/console/undelivered"), "main")
    again = await mei.post(f"/console/undelivered/{outbox_id}/close", {"outcome": "let_go"})
    assert again.status_code == 303
    assert "Told by other means" in text_of(await mei.page("/console/undelivered", closed="true"), "li.card")


async def test_another_teams_lost_message_is_not_listed_and_cannot_be_taken(
    desk: Desk, console_client: SignedIn
) -> None:
    await console_client("handler", teams=["north"])
    case = await case_of(desk, "Grace Lim", "north")
    async with desk.store.transaction() as crm:
        complaint = await crm.session.get_one(Complaint, case.complaint_id)
        conversation = await crm.conversations.get(case.conversation_id)
        conversation.team_id = complaint.team_id
    outbox_id = await lost(desk, case, "hello")
    tom = await console_client("handler", teams=["south"])
    assert "hello" not in (await tom.get("/console/undelivered")).text
    await tom.post(f"/console/undelivered/{outbox_id}/take")
    async with desk.store.transaction() as crm:
        assert (await crm.undelivered.page(Scope(0, "admin", frozenset()), NOW))[0].owner_id is None
