"""The lanes as staff see and steer them, and the fence around a copied database."""

import pytest
from sqlalchemy import select

from crm_store.people.identities import ChannelIdentity
from crm_store.planning.touches import Touch
from crm_store.sending.fence import HouseSeal
from crm_store.staff.audit import AuditEvent, AuditWanted
from crm_store.talks.conversations import Conversation
from crm_store.talks.outbox import OutboxMessage
from tests.console.care.past import past_of
from tests.console.conftest import HOUSE, NOW, Desk, SignedIn, text_of

LANE = "telegram:main"
CARD = "#lane-telegram_3a_main"


@pytest.fixture(autouse=True)
async def lanes(desk: Desk) -> None:
    async with desk.store.transaction() as crm:
        await crm.lanes.ensure([LANE])


async def deeds(desk: Desk, subject: str) -> list[AuditEvent]:
    async with desk.store.reading() as crm:
        return await crm.audit.entries(AuditWanted(subject=subject))


async def test_a_lane_says_in_words_what_keeps_it(desk: Desk, console_client: SignedIn) -> None:
    mara = await console_client("marketer")
    assert text_of(await mara.page("/console/sending"), f"{CARD} .badge") == "Open"
    async with desk.store.transaction() as crm:
        await crm.lanes.halt(LANE, "401 <b>Unauthorized</b>")
    page = await mara.page("/console/sending")
    assert text_of(page, f"{CARD} .badge") == "Halted"
    assert "401 <b>Unauthorized</b>" in text_of(page, f"{CARD} code")
    assert page.css_first("form[action='/console/sending/care']") is None, "a marketer looks"


async def test_a_leader_pauses_and_resumes_a_lane_and_it_is_written_down(desk: Desk, console_client: SignedIn) -> None:
    wei = await console_client("supervisor")
    await wei.post("/console/sending/care", {"lane": LANE, "paused": "true"})
    assert "Care paused" in text_of(await wei.page("/console/sending"), CARD)
    await wei.post("/console/sending/care", {"lane": LANE, "paused": "false"})
    async with desk.store.reading() as crm:
        lane = await crm.lanes.get(LANE)
    assert lane is not None
    assert not lane.care_paused
    assert [entry.action for entry in await deeds(desk, "lane")] == ["resumed", "paused"]


async def test_a_rate_is_set_and_taken_away(desk: Desk, console_client: SignedIn) -> None:
    wei = await console_client("supervisor")
    await wei.post("/console/sending/rate", {"lane": LANE, "rate": "0,5"})
    assert "At most 0.5 a second, by us." in text_of(await wei.page("/console/sending"), CARD)
    await wei.post("/console/sending/rate", {"lane": LANE, "rate": ""})
    async with desk.store.reading() as crm:
        lane = await crm.lanes.get(LANE)
    assert lane is not None
    assert lane.rate is None
    assert [entry.detail for entry in await deeds(desk, "lane")] == [
        {"from": 0.5, "to": None},
        {"from": None, "to": 0.5},
    ]


@pytest.mark.parametrize("typed", ["-1", "0", "fast", "nan", "1e300", "9" * 30])
async def test_a_rate_that_is_none_stays_as_typed_with_what_to_write(console_client: SignedIn, typed: str) -> None:
    wei = await console_client("supervisor")
    answer = await wei.post("/console/sending/rate", {"lane": LANE, "rate": typed})
    assert answer.status_code == 422
    assert f'value="{typed}"' in answer.text
    assert "Write a number of messages a second above 0" in answer.text


async def test_a_closed_address_is_found(desk: Desk, console_client: SignedIn) -> None:
    past = past_of(desk)
    customer = await past.member("email", name="Emma Tan")
    async with desk.store.transaction() as crm:
        await crm.identities.mark(1, "bounced")
    mara = await console_client("marketer")
    assert "It came back" in text_of(await mara.page("/console/sending/closed", q="emma"), "tbody")
    found = await mara.page("/console/sending/closed", q=f"email-{customer + 1}")
    assert text_of(found, ".empty h2") == "No closed address fits"


async def copied(desk: Desk) -> None:
    async with desk.store.transaction() as crm:
        crm.session.add(HouseSeal(id=1, fingerprint="another", sealed_at=NOW, sealed_by="first start"))


async def test_a_copy_is_told_in_red_and_only_an_admin_lets_it_send(desk: Desk, console_client: SignedIn) -> None:
    boss, wei = await console_client("admin"), await console_client("supervisor")
    assert (await boss.page("/console/sending")).css_first(".fence") is None
    await copied(desk)
    assert "This database is a copy" in text_of(await wei.page("/console/sending"), ".fence h2")
    assert (await wei.page("/console/sending")).css_first("#fence-dialog") is None
    assert (await wei.post("/console/sending/fence", {"sure": "true"})).status_code == 403
    await boss.post("/console/sending/fence", {})
    async with desk.store.reading() as crm:
        assert await crm.fence.is_copy(HOUSE.base_url), "not without the box ticked"
    await boss.post("/console/sending/fence", {"sure": "true"})
    async with desk.store.reading() as crm:
        assert not await crm.fence.is_copy(HOUSE.base_url)
    assert [entry.action for entry in await deeds(desk, "sending")] == ["allowed_sending"]


async def unknown_message(desk: Desk) -> tuple[int, int]:
    """One message of a campaign of which nobody knows whether it arrived: its number in the outbox, and whose it is."""
    past = past_of(desk)
    _, firing = await past.fired()
    customer = await past.member()
    async with desk.store.transaction() as crm:
        identity = await crm.session.scalar(select(ChannelIdentity.id).where(ChannelIdentity.customer_id == customer))
        assert identity is not None
        fresh = Conversation(identity_id=identity, channel="telegram", account="main", language="en", opened_at=NOW)
        message = OutboxMessage(
            conversation_id=(await crm.conversations.open(fresh)).id,
            lane=LANE,
            address=f"telegram-{customer}",
            purpose="promotion",
            author="campaign",
            priority=5,
            body={"text": "Hello", "language": "en"},
            state="unknown",
            queued_at=NOW,
        )
        crm.session.add(message)
        await crm.session.flush()
    await past.touch(firing, customer, "unknown", outbox_id=message.id, identity_id=identity)
    return message.id, customer


@pytest.mark.parametrize(("arrived", "state"), [("true", "sent"), ("false", "failed")])
async def test_somebody_says_once_what_became_of_a_message(
    desk: Desk, console_client: SignedIn, arrived: str, state: str
) -> None:
    message, customer = await unknown_message(desk)
    wei = await console_client("supervisor")
    page = await wei.page(f"/console/sending/lanes/{LANE}")
    assert f"telegram-{customer}" in text_of(page, "#unknown")
    told = {"lane": LANE, "arrived": arrived}
    answer = await wei.post(f"/console/sending/unknown/{message}", told)
    assert answer.status_code == 303, answer.text
    async with desk.store.reading() as crm:
        assert await crm.session.scalar(select(Touch.state).where(Touch.customer_id == customer)) == state
    assert [entry.detail for entry in await deeds(desk, "message")] == [{"arrived": arrived == "true"}]
    await wei.post(f"/console/sending/unknown/{message}", told)
    assert "Somebody has settled it already" in (await wei.get(f"/console/sending/lanes/{LANE}")).text
    assert len(await deeds(desk, "message")) == 1
