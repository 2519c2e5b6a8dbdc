"""Everything held on a person is given to them; when they go, the person is dropped and the lesson is kept."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from crm_store.cases.complaints import Complaint
from crm_store.cases.events import By
from crm_store.database import Store
from crm_store.loyalty.coupons import Coupon
from crm_store.loyalty.orders import Order
from crm_store.people.consent import Evidence, Purpose, Who
from crm_store.people.customers import Customer
from crm_store.people.identities import Address, ChannelIdentity
from crm_store.planning.touches import Touch
from crm_store.privacy.holdings import HOLDINGS
from crm_store.privacy.person import CustomerUnknown
from crm_store.remedies.remedy import Remedy
from crm_store.tables import metadata
from tests.lives import ALONE, HERE, NOW, SHARED, Life, another, lived

BY = By("command line")


async def exported(store: Store, customer_id: int) -> dict[str, Any]:
    async with store.transaction() as crm:
        pieces = [piece async for piece in crm.exports.of(customer_id, NOW)]
    told: dict[str, Any] = json.loads("".join(pieces))
    return told


async def erase(store: Store, life: Life, reason: str = "asked by letter") -> tuple[str, ...]:
    async with store.transaction() as crm:
        return (await crm.erasures.erase(life.customer_id, BY, reason, NOW + timedelta(hours=1))).files


async def remains(store: Store, marker: str) -> list[str]:
    """Tables in which the word still stands, in whatever column."""
    async with store.transaction() as crm:
        found = []
        for table in metadata.sorted_tables:
            if await crm.session.scalar(
                text(f'select count(*) from "{table.name}" t where t::text ilike :word'), {"word": f"%{marker}%"}
            ):
                found.append(table.name)
        return found


async def test_an_export_has_every_table_and_every_word_of_theirs(store: Store) -> None:
    life, other = await lived(store), await another(store)
    told = await exported(store, life.customer_id)
    assert set(told["held"]) == {holding.table for holding in HOLDINGS if not holding.withheld}
    assert set(told["withheld"]) == {holding.table for holding in HOLDINGS if holding.withheld}
    empty = {name for name, rows in told["held"].items() if not rows}
    expected = {
        "order_lines",
        "order_requests",
        "complaint_tags",
        "incident_notices",
        "attempts",
        "lifecycles",
        "erasures",
    }
    assert empty - expected == {"conversation_events"}
    assert told["held"]["customers"][0]["name"] == "Emma ZEBRA"
    assert [row["text"] for row in told["held"]["interactions"]] == ["I am ZEBRA", "Hello ZEBRA", "Dear ZEBRA"]
    assert "my own words" not in json.dumps(told)
    assert "Mei" not in json.dumps(told)
    assert [row["text"] for row in (await exported(store, other))["held"]["interactions"]] == ["my own words"]


async def test_an_export_gives_no_secret_and_no_note_of_staff(store: Store) -> None:
    life = await lived(store)
    told = json.dumps(await exported(store, life.customer_id))
    assert "is cross" not in told
    assert "token_hash" not in told
    assert ALONE not in told


async def test_nobody_has_nothing_to_export_or_erase(store: Store) -> None:
    with pytest.raises(CustomerUnknown):
        await exported(store, 99)
    async with store.transaction() as crm:
        with pytest.raises(CustomerUnknown):
            await crm.erasures.erase(99, BY, "", NOW)


async def test_nothing_of_the_person_remains_in_any_table_and_others_keep_theirs(store: Store) -> None:
    life, other = await lived(store), await another(store)
    before = await exported(store, other)
    assert len(await remains(store, "zebra")) > 15
    await erase(store, life)
    assert await remains(store, "zebra") == []
    assert await remains(store, "+6591230001") == []
    assert await remains(store, "M10000001") == []
    assert await exported(store, other) == before


async def test_the_lesson_stays(store: Store) -> None:
    life = await lived(store)
    await erase(store, life)
    async with store.transaction() as crm:
        case = await crm.session.get_one(Complaint, life.complaint_id)
        assert (case.category, case.cause, case.order_number, case.opened_at) == (
            "broken",
            "packaging",
            "WM104233",
            NOW,
        )
        assert (case.what_happened, case.wanted, case.state) == ("", "", "closed")
        kinds = [event.kind for event in await crm.complaint_events.of([life.complaint_id])]
        assert kinds[0] == "opened"
        assert "state" in kinds
        (remedy,) = (await crm.session.scalars(text("select id from remedies"))).all()
        assert (await crm.session.get_one(Remedy, remedy)).cost == 500
        order = await crm.session.get_one(Order, 1)
        assert (order.total_cents, order.address) == (4900, "")
        customer = await crm.session.get_one(Customer, life.customer_id)
        assert (customer.erased_at, customer.tier) == (NOW + timedelta(hours=1), "member")


async def test_that_a_yes_and_a_no_existed_stays_without_the_words(store: Store) -> None:
    life = await lived(store)
    await erase(store, life)
    async with store.transaction() as crm:
        ledger = await crm.consent.standing(Who(None, life.customer_id))
    assert {entry.purpose for entry in ledger} == {"care", "survey", "promotion"}
    assert {entry.answer for entry in ledger} == {""}
    assert any(entry.granted for entry in ledger)
    assert any(entry.question == "May we?" for entry in ledger)


async def test_nothing_goes_out_any_more(store: Store) -> None:
    life = await lived(store)
    await erase(store, life)
    async with store.transaction() as crm:
        states = (await crm.session.scalars(text("select state from touches order by occurrence_id"))).all()
        assert states == ["sent", "cancelled", "cancelled"]
        assert (await crm.session.scalars(text("select distinct state from outbox_messages"))).all() == ["dropped"]
        assert (await crm.session.get_one(Coupon, 1)).valid_until < date(2026, 11, 22)
        assert (await crm.session.get_one(ChannelIdentity, life.identity_id)).reachability == "blocked"
        touch = await crm.session.get_one(Touch, (1, life.customer_id))
        assert touch.sent_at is not None
        assert await crm.whys.live(1, life.customer_id, NOW + timedelta(hours=2)) is not None
        decision = await crm.whys.live(1, life.customer_id, NOW + timedelta(hours=2))
        assert decision is not None
        assert (decision.outcome, decision.reason) == ("suppress", "customer_blocked")


async def test_a_stop_holds_for_whoever_comes_with_the_same_address(store: Store) -> None:
    life = await lived(store)
    await erase(store, life)
    async with store.transaction() as crm:
        fresh = await crm.identities.at(HERE, "", NOW + timedelta(days=1))
        assert fresh.id != life.identity_id
        standing = await crm.consent.standing(Who(fresh.id, None))
        assert {(entry.purpose, entry.granted) for entry in standing} == {
            (purpose, False) for purpose in ("care", "survey", "promotion")
        }
        stranger = await crm.identities.at(Address("telegram", "shop", "1"), "", NOW)
        assert await crm.consent.standing(Who(stranger.id, None)) == []


async def test_a_stop_at_one_address_holds_at_every_other_of_the_same_person(store: Store) -> None:
    life = await lived(store)
    mail = Address("email", "shop", "zebra@example.com")
    async with store.transaction() as crm:
        identity = await crm.identities.at(mail, "", NOW)
        identity.customer_id = life.customer_id
    await erase(store, life)
    async with store.transaction() as crm:
        fresh = await crm.identities.at(mail, "", NOW + timedelta(days=1))
        assert len(await crm.consent.standing(Who(fresh.id, None))) == 3


async def test_erased_twice_under_one_address_and_the_stop_still_holds(store: Store) -> None:
    life = await lived(store)
    await erase(store, life)
    async with store.transaction() as crm:
        again = Customer(name="Emma ZEBRA", joined_on=date(2026, 11, 24))
        crm.session.add(again)
        await crm.session.flush()
        fresh = await crm.identities.at(HERE, "ZEBRA", NOW + timedelta(days=1))
        fresh.customer_id = again.id
        await crm.session.flush()
        await crm.erasures.erase(again.id, BY, "once more", NOW + timedelta(days=2))
    async with store.transaction() as crm:
        third = await crm.identities.at(HERE, "", NOW + timedelta(days=3))
        assert {entry.granted for entry in await crm.consent.standing(Who(third.id, None))} == {False}
    assert await remains(store, "zebra-77") == ["channel_identities"]  # the third, who has just come


async def test_files_are_named_that_nobody_else_holds(store: Store) -> None:
    life = await lived(store)
    await another(store)
    assert await erase(store, life) == (ALONE,)
    async with store.transaction() as crm:
        assert await crm.erasures.unremoved() == {1: [ALONE]}
        await crm.erasures.removed([1])
        assert await crm.erasures.unremoved() == {}
    async with store.transaction() as crm:
        assert (await crm.session.scalars(text("select digest from attachments"))).all() == [SHARED]


async def test_erasing_again_changes_nothing_and_says_so(store: Store) -> None:
    life = await lived(store)
    await erase(store, life)
    told = await exported(store, life.customer_id)
    async with store.transaction() as crm:
        again = await crm.erasures.erase(life.customer_id, BY, "again", NOW + timedelta(days=9))
    assert not again.fresh
    assert again.files == ()
    assert await exported(store, life.customer_id) == told
    async with store.transaction() as crm:
        assert len(await crm.erasures.of(life.customer_id)) == 1
        deeds = (await crm.session.execute(text("select action, subject_id, detail from audit_events"))).all()
    assert [(action, subject) for action, subject, _ in deeds if action == "erased"] == [
        ("erased", str(life.customer_id))
    ]


async def test_what_came_in_meanwhile_is_taken_by_the_next_erasure(store: Store) -> None:
    life = await lived(store)
    await erase(store, life)
    async with store.transaction() as crm:
        late = text(
            "insert into interactions (conversation_id, identity_id, customer_id, direction, author, kind, text,"
            " choices, delivery, at) values (:c, :i, :p, 'in', 'shopper', 'text', 'late ZEBRA', '[]', 'received', :at)"
        )
        values = {"c": life.conversation_id, "i": life.identity_id, "p": life.customer_id, "at": NOW}
        await crm.session.execute(late, values)
    assert await remains(store, "zebra") == ["interactions"]
    await erase(store, life)
    assert await remains(store, "zebra") == []


async def test_a_yes_after_an_erasure_counts_anew(store: Store) -> None:
    life = await lived(store)
    await erase(store, life)
    async with store.transaction() as crm:
        fresh = await crm.identities.at(HERE, "", NOW + timedelta(days=1))
        from_then = [(Purpose.CARE, "*", True)]
        await crm.consent.record(
            Who(fresh.id, None), from_then, Evidence("chat", answer="yes"), NOW + timedelta(days=2)
        )
        standing = {entry.purpose: entry.granted for entry in await crm.consent.standing(Who(fresh.id, None))}
    assert standing == {"care": True, "survey": False, "promotion": False}
