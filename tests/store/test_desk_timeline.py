"""Threads with notes between the messages, everything of a customer in order, and what is known of them."""

from datetime import timedelta

from crm_store.cases.attachments import Attachment
from crm_store.database import Store
from crm_store.loyalty.orders import Order
from crm_store.loyalty.points import PointsEntry
from crm_store.people.consent import ConsentEntry
from crm_store.people.identities import ChannelIdentity
from crm_store.people.preferences import Preference
from crm_store.people.proof import ProofLevel
from crm_store.staff.notes import StaffNote
from crm_store.staff.scope import Scope
from tests.store.desk_shop import NONE, NOW, Case, DeskShop, ago

ADMIN = Scope(0, "admin", NONE)


async def test_notes_stand_between_the_messages_of_their_time_and_every_page_has_its_own(store: Store) -> None:
    async with store.transaction() as crm:
        desk = DeskShop(crm)
        ann = await desk.staff("Ann", "handler")
        case = await desk.case("Jo")
        for minutes in range(10, 0, -1):
            await desk.said(case, f"m{minutes}", minutes, "shopper" if minutes % 2 else "staff", staff_id=ann.staff_id)
        for when in (11.0, 7.5, 0.5):
            pinned = {"complaint_id": case.complaint_id} if when == 7.5 else {"conversation_id": case.conversation_id}
            await desk.add(StaffNote(**pinned, staff_id=ann.staff_id, text=f"n{when:g}", at=ago(when)))
        pages, before = list[list[str]](), None
        while True:
            thread = await crm.timelines.thread(ADMIN, case.conversation_id, before, 4)
            assert thread is not None
            pages.append([item.text for item in thread.items])
            assert all(item.is_note == item.text.startswith("n") for item in thread.items)
            assert all(item.delivery == "" for item in thread.items if item.is_note)
            if (before := thread.older) is None:
                break
        assert pages == [
            ["m4", "m3", "m2", "m1", "n0.5"],
            ["m8", "n7.5", "m7", "m6", "m5"],
            ["n11", "m10", "m9"],
        ]


async def test_a_message_tells_what_became_of_it_who_wrote_it_and_what_it_enclosed(store: Store) -> None:
    async with store.transaction() as crm:
        desk = DeskShop(crm)
        ann = await desk.staff("Ann", "handler")
        case = await desk.case("Jo")
        choices = [{"id": "c1", "label": "Yes", "payload": "/affirm"}]
        message = await desk.said(case, "hi", 5, "staff", staff_id=ann.staff_id, delivery="failed", choices=choices)
        kept = {"conversation_id": case.conversation_id, "interaction_id": message, "at": NOW, "state": "kept"}
        await desk.add(Attachment(token="t", name="box.png", media_type="image/png", size=9, **kept))
        thread = await crm.timelines.thread(ADMIN, case.conversation_id)
        assert thread is not None
        (item,) = thread.items
        assert (item.staff, item.delivery, item.choices, item.direction) == ("Ann", "failed", ["Yes"], "out")
        assert [(each.name, each.state) for each in item.attachments] == [("box.png", "kept")]
        assert "/affirm" not in repr(thread)


async def test_a_thread_nobody_has_written_in_is_there_and_one_that_is_not_is_not(store: Store) -> None:
    async with store.transaction() as crm:
        talk = await DeskShop(crm).talk("Jo")
        thread = await crm.timelines.thread(ADMIN, talk.conversation_id)
        assert thread is not None
        assert (thread.items, thread.older) == ([], None)
        assert await crm.timelines.thread(ADMIN, talk.conversation_id + 1) is None


async def full_life(desk: DeskShop) -> Case:
    """One of everything, each at its own minute."""
    case = await desk.case("Jo", opened_at=ago(50))
    for minutes in (100, 99, 2):
        await desk.said(case, f"said {minutes}", minutes)
    await desk.event(case, "state", 40, detail={"from": "received", "to": "done"})
    mine = {"customer_id": case.customer_id}
    await desk.add(
        Order(number="WM1", placed_at=ago(5000), channel="web", state="delivered", total_cents=990, **mine),
        PointsEntry(at=ago(4000), delta=9, reason="purchase", order_number="WM1", **mine),
        ConsentEntry(purpose="care", granted=True, at=ago(3000), source="registration", **mine),
        # said from the address before anybody was linked to it
        ConsentEntry(identity_id=case.identity_id, purpose="care", granted=False, at=ago(2500), source="chat"),
        Preference(
            identity_id=case.identity_id, kind="style", value={"style": "pull"}, words="no ads", at=ago(2000), **mine
        ),
    )
    return case


async def test_a_customers_life_is_told_newest_first_and_page_by_page(store: Store) -> None:
    async with store.transaction() as crm:
        case = await full_life(DeskShop(crm))
        seen, before = list[str](), None
        while True:
            page = await crm.timelines.of_customer(ADMIN, case.customer_id, before, 2)
            seen += [entry.kind for entry in page.entries]
            if (before := page.next) is None:
                break
        assert seen == [
            "messages",
            "case_state",
            "case",
            "preference",
            "consent",
            "consent",
            "points",
            "order",
        ]
        whole = await crm.timelines.of_customer(ADMIN, case.customer_id)
        assert whole.entries[0].parts["count"] == 3
        assert (whole.entries[2].target, whole.entries[2].target_id) == ("complaint", case.complaint_id)


async def test_a_case_is_told_from_its_beginning_with_the_messages_of_its_time(store: Store) -> None:
    async with store.transaction() as crm:
        desk = DeskShop(crm)
        case = await full_life(desk)
        await desk.clock(case, "first_answer", started_at=ago(50), missed_at=ago(10), met_at=ago(1))
        told = [
            (entry.kind, entry.parts.get("step") or entry.parts.get("text") or entry.parts.get("happened"))
            for entry in await crm.timelines.of_complaint(ADMIN, case.complaint_id)
        ]
        assert told == [
            ("message", "said 100"),
            ("message", "said 99"),
            ("clock", "started"),
            ("event", "state"),
            ("clock", "missed"),
            ("message", "said 2"),
            ("clock", "met"),
        ]


async def test_the_panel_shows_what_holds_and_how_surely_we_know_them(store: Store) -> None:
    async with store.transaction() as crm:
        desk = DeskShop(crm)
        case = await full_life(desk)
        identity = await crm.session.get_one(ChannelIdentity, case.identity_id)
        identity.proof_level, identity.proof_method = 2, "code"
        identity.proved_at, identity.proof_until = NOW - timedelta(hours=1), NOW + timedelta(hours=1)
        await crm.session.flush()
        panel = await crm.timelines.panel(ADMIN, case.customer_id, NOW, NOW.date())
        assert panel is not None
        assert panel.customer is not None
        assert (panel.points.points, panel.orders[0].number, panel.open_cases) == (9, "WM1", 1)
        assert [(entry.purpose, entry.granted) for entry in panel.standing] == [("care", False)]
        assert [entry.holds for entry in panel.consents] == [True, False]
        assert [wish.words for wish in panel.wishes] == ["no ads"]
        (reach,) = panel.identities
        assert (reach.level, reach.method, reach.conversation_id) == (ProofLevel.PROVED, "code", case.conversation_id)
        assert await crm.timelines.panel(Scope(1, "marketer", NONE), case.customer_id, NOW, NOW.date()) is None


async def test_the_panel_of_an_address_nobody_is_linked_to_shows_no_membership(store: Store) -> None:
    async with store.transaction() as crm:
        case = await full_life(DeskShop(crm))
        identity = await crm.session.get_one(ChannelIdentity, case.identity_id)
        identity.customer_id = None
        await crm.session.flush()
        panel = await crm.timelines.panel_of_address(ADMIN, case.identity_id, NOW, NOW.date())
        assert panel is not None
        assert (panel.customer, panel.points.points, panel.orders) == (None, 0, [])
        assert [entry.granted for entry in panel.consents] == [False]
