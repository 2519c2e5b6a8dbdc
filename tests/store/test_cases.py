"""Opening and handling cases: nothing is lost, everything is written down."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from crm_store.cases.changes import ChangeRefused, Changes
from crm_store.cases.complaints import Complaint, Grievance, Opener
from crm_store.cases.events import By
from crm_store.cases.facts import Origin
from crm_store.cases.handling import AssigneeRefused
from crm_store.cases.hush import COOLING
from crm_store.cases.labels import LabelRefused
from crm_store.cases.locking import CaseUnknown
from crm_store.cases.states import MoveRefused
from crm_store.cases.ties import MoreWords, TagUnknown
from crm_store.crm import Crm
from crm_store.database import Store
from crm_store.promises.escalations import EscalationStep
from crm_store.staff.members import Role
from tests.store import cases
from tests.store.cases import BROKEN, BY_STAFF, NOON

LATER = NOON + timedelta(hours=1)


async def events(crm: Crm, complaint_id: int) -> list[tuple[str, dict[str, object]]]:
    return [(event.kind, event.detail) for event in await crm.complaint_events.of([complaint_id])]


async def facts(crm: Crm, complaint_id: int) -> dict[str, tuple[str, str]]:
    return {fact.name: (fact.value, fact.origin) for fact in await crm.facts.current(complaint_id)}


async def test_a_case_begins_with_its_facts_and_what_the_own_order_says(store: Store) -> None:
    async with store.transaction() as crm:
        emma = await cases.customer(crm, "Emma")
        await cases.order(crm, "WM104233", emma, ["KT101"])
        case = await cases.case(crm, "a", emma)
        assert (case.product_sku, case.store_code, case.carrier) == ("KT101", "orchard-WM104233", "SpeedPost")
        assert await facts(crm, case.id) == {
            "story": ("The kettle leaks.", "said"),
            "wanted": ("refund", "said"),
            "order_number": ("WM104233", "said"),
            "category": ("broken", "inferred"),
            "severity": ("normal", "inferred"),
            "product": ("KT101", "records"),
            "store": ("orchard-WM104233", "records"),
            "carrier": ("SpeedPost", "records"),
        }
        [(kind, detail)] = await events(crm, case.id)
        assert (kind, detail["severity"]) == ("opened", "normal")


async def test_somebody_elses_order_tells_nothing_and_several_products_name_none(store: Store) -> None:
    async with store.transaction() as crm:
        emma, ben = await cases.customer(crm, "Emma"), await cases.customer(crm, "Ben")
        await cases.order(crm, "WM104233", ben, ["KT101"])
        case = await cases.case(crm, "a", emma)
        assert (case.product_sku, case.store_code) == (None, None)
        await cases.order(crm, "WM200000", emma, ["KT102", "KT103"])
        half = await cases.case(crm, "a", emma, Grievance("broken", "normal", "…", "refund", "200000", "en"))
        assert (half.order_number, half.product_sku, half.carrier) == ("WM200000", None, "SpeedPost")


async def test_an_opening_from_outside_repeated_five_times_at_once_opens_one_case(store: Store) -> None:
    """Acceptance check 2: The same opening told five times at once is one complaint."""

    async def once() -> str:
        async with store.transaction() as crm:
            opener = Opener(None, None, None, None, "api", "api:till:4711", By("api:till"))
            return (await crm.complaints.open(opener, BROKEN, NOON)).number

    assert len(set(await asyncio.gather(*(once() for _ in range(5))))) == 1
    async with store.transaction() as crm:
        assert await crm.session.scalar(select(func.count()).select_from(Complaint)) == 1
        assert len(await crm.facts.current(1)) == 5


async def test_two_cases_of_staff_without_a_key_are_two(store: Store) -> None:
    async with store.transaction() as crm:
        opener = Opener(None, None, None, None, "staff", None, BY_STAFF)
        first, second = [await crm.complaints.open(opener, BROKEN, NOON) for _ in range(2)]
        assert first.number != second.number
        assert (await facts(crm, first.id))["story"] == ("The kettle leaks.", "said")


async def test_every_move_is_written_down_and_times_are_kept(store: Store) -> None:
    async with store.transaction() as crm:
        case = await cases.case(crm, "a")
        who = await cases.handler(crm)
        by = By("staff", who)
        await crm.handling.assign(case.id, who, by, LATER)
        assert (case.state, case.assignee_id) == ("acknowledged", who)
        for state in ("investigating", "remedy_offered", "accepted", "done", "confirmed"):
            await crm.handling.move(case.id, state, by, LATER)
        await crm.handling.close(case.id, by, LATER)
        assert (case.done_at, case.closed_at, case.changed_at) == (LATER, LATER, LATER)
        again = await crm.handling.reopen(case.id, by, LATER, "it leaks again")
        assert (again.state, again.assignee_id, again.urgent, again.reopened) == ("investigating", who, True, 1)
        assert (again.number, again.done_at, again.closed_at) == (case.number, None, None)
        kinds = [kind for kind, _ in await events(crm, case.id)]
        assert kinds == ["opened", "assigned", *["state"] * 7, "reopened"]
        assert (await events(crm, case.id))[-2][1] == {"from": "confirmed", "to": "closed"}
        assert ("desk", case.id) in crm.nudges
        assert ("case", case.id) in crm.nudges


async def test_closing_ends_the_escalations_and_a_second_reopening_raises_one(store: Store) -> None:
    async with store.transaction() as crm:
        for cause in ("severe", "reopened"):
            crm.session.add(EscalationStep(cause=cause, level=1, role=Role.SUPERVISOR, acknowledge_within=30))
        case = await cases.case(crm, "a", grievance=replace(BROKEN, severity="high"))
        assert [each.cause for each in await crm.escalations.open_of(case.id)] == ["severe"]
        await crm.handling.close(case.id, BY_STAFF, LATER)
        assert await crm.escalations.open_of(case.id) == []
        for _ in range(2):
            await crm.handling.reopen(case.id, BY_STAFF, LATER)
            left = await crm.escalations.open_of(case.id)
            await crm.handling.close(case.id, BY_STAFF, LATER)
        assert [each.cause for each in left] == ["reopened"]


async def test_what_cannot_be_is_refused_and_changes_nothing(store: Store) -> None:
    async with store.transaction() as crm:
        case = await cases.case(crm, "a")
        with pytest.raises(MoveRefused, match="possible: acknowledged"):
            await crm.handling.move(case.id, "confirmed", BY_STAFF, LATER)
        with pytest.raises(MoveRefused):
            await crm.handling.reopen(case.id, BY_STAFF, LATER)
        with pytest.raises(MoveRefused):
            await crm.handling.resume(case.id, BY_STAFF, LATER)
        with pytest.raises(AssigneeRefused):
            await crm.handling.assign(case.id, 4711, BY_STAFF, LATER)
        with pytest.raises(CaseUnknown):
            await crm.handling.close(4711, BY_STAFF, LATER)
        for values in ({"number": "C1"}, {"severity": "awful"}, {"story": " "}, {"category": None}):
            with pytest.raises(ChangeRefused):
                await crm.handling.change(case.id, Changes(values), BY_STAFF, LATER)
        with pytest.raises(TagUnknown):
            await crm.ties.tag(case.id, "vip", BY_STAFF, LATER)
        assert len(await events(crm, case.id)) == 1


async def test_a_change_is_a_column_a_fact_and_an_event_and_the_old_fact_stays_readable(store: Store) -> None:
    async with store.transaction() as crm:
        case = await cases.case(crm, "a")
        changes = Changes({"severity": "high", "order_number": "WM2", "wanted": None, "category": "broken"})
        await crm.handling.change(case.id, changes, BY_STAFF, LATER)
        assert (case.severity, case.order_number, case.wanted) == ("high", "WM2", "")
        targeted, changed = (await events(crm, case.id))[1:]
        assert targeted[0] == "targeted"
        assert (targeted[1]["severity"], targeted[1]["from"]) == ("high", {"severity": "normal"})
        assert changed[1]["to"] == {"order_number": "WM2", "wanted": ""}
        told = await facts(crm, case.id)
        assert told["order_number"] == ("WM2", Origin.STAFF)
        assert "wanted" not in told
        old = [fact for fact in await crm.facts.history(case.id) if fact.replaced_at is not None]
        assert {(fact.name, fact.value) for fact in old} == {
            ("severity", "normal"),
            ("order_number", "WM104233"),
            ("wanted", "refund"),
        }


async def test_a_pause_has_a_reason_and_does_not_outlast_the_case(store: Store) -> None:
    async with store.transaction() as crm:
        case = await cases.case(crm, "a")
        await crm.handling.pause(case.id, "shopper", BY_STAFF, LATER)
        assert case.waits_for == "shopper"
        with pytest.raises(MoveRefused):
            await crm.handling.pause(case.id, "supplier", BY_STAFF, LATER)
        await crm.handling.close(case.id, BY_STAFF, LATER)
        assert [kind for kind, _ in await events(crm, case.id)] == ["opened", "paused", "resumed", "state"]


async def test_two_people_at_once_lose_no_change(store: Store) -> None:
    async with store.transaction() as crm:
        case = await cases.case(crm, "a")
        team = (await crm.staff.add_team("east", {"en": "East", "zh": "东区"})).id

    async def moves() -> None:
        async with store.transaction() as crm:
            await crm.handling.move(case.id, "investigating", BY_STAFF, LATER)

    async def hands_over() -> None:
        async with store.transaction() as crm:
            await crm.handling.to_team(case.id, team, BY_STAFF, LATER)

    async def recognises() -> None:
        async with store.transaction() as crm:
            await crm.handling.change(case.id, Changes({"cause": "packing"}), BY_STAFF, LATER)

    await asyncio.gather(moves(), hands_over(), recognises())
    async with store.transaction() as crm:
        now = await crm.session.get_one(Complaint, case.id)
        assert (now.state, now.team_id, now.cause) == ("investigating", team, "packing")
        assert len(await events(crm, case.id)) == 4


async def test_more_words_of_the_shopper_are_added_once(store: Store) -> None:
    async with store.transaction() as crm:
        case = await cases.case(crm, "a")
        elsewhere = await cases.talk(crm, "b")
        more = MoreWords("And the lid is cracked.", elsewhere.id, await cases.said(crm, elsewhere))
        for _ in range(2):
            await crm.ties.told_more(case.id, more, LATER)
        assert case.what_happened == "The kettle leaks.\nAnd the lid is cracked."
        assert len(await crm.ties.conversations_of(case.id)) == 2
        assert [kind for kind, _ in await events(crm, case.id)] == ["opened", "talked", "asked"]


async def test_tags_and_labels_are_the_shops_and_meanings_are_not(store: Store) -> None:
    async with store.transaction() as crm:
        case = await cases.case(crm, "a")
        await crm.labels.save_tag("vip", {"en": "VIP", "zh": "贵宾"}, "violet")
        await crm.ties.tag(case.id, "vip", BY_STAFF, LATER)
        await crm.ties.tag(case.id, "vip", BY_STAFF, LATER)
        assert [tag.code for tag in await crm.labels.tags_of(case.id)] == ["vip"]
        await crm.ties.untag(case.id, "vip", BY_STAFF, LATER)
        assert [kind for kind, _ in await events(crm, case.id)] == ["opened", "changed", "changed"]
        await crm.labels.rename("received", {"en": "new", "zh": "新的"})
        labels = await crm.labels.all()
        assert (labels["received"], labels["closed"]["zh"]) == ({"en": "new", "zh": "新的"}, "已结案")
        for state, words in (
            ("lost", {"en": "x", "zh": "x"}),
            ("done", {"en": "only"}),
            ("done", {"en": "", "zh": ""}),
        ):
            with pytest.raises(LabelRefused):
                await crm.labels.rename(state, words)


async def test_an_open_case_of_a_linked_address_or_behind_a_merge_holds_promotions(store: Store) -> None:
    async with store.transaction() as crm:
        names = ("Emma", "Ben", "Cleo", "Dora", "Eve")
        emma, ben, cleo, dora, eve = [await cases.customer(crm, name) for name in names]
        await cases.case(crm, "a", emma)
        await cases.case(crm, "b")
        await cases.talk(crm, "b", ben)
        closed = await cases.case(crm, "c", cleo)
        await crm.handling.close(closed.id, BY_STAFF, NOON)
        merged, target = await cases.case(crm, "d", dora), await cases.case(crm, "e")
        await crm.merging.merge(merged.id, target.id, BY_STAFF, NOON)
        everybody = [emma, ben, cleo, dora, eve]
        assert await crm.hush.among(everybody, NOON + COOLING - timedelta(seconds=1)) == {emma, ben, cleo, dora}
        assert await crm.hush.among(everybody, NOON + COOLING) == {emma, ben, dora}
        assert not await crm.hush.holds(cleo, LATER, cooling=timedelta(minutes=30))
        await crm.handling.close(target.id, BY_STAFF, NOON)
        assert await crm.hush.among(everybody, NOON + COOLING) == {emma, ben}
