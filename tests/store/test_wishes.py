"""Wishes in the store: whose they are, what came before them, the last change, and the sheet of a customer."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select

from crm_store.crm import Crm
from crm_store.database import Store
from crm_store.people.consent import Evidence, Purpose, Who
from crm_store.people.customers import Customer
from crm_store.people.identities import Address
from crm_store.people.preferences import OccasionNote, Preference, Told
from crm_store.people.proof import linked_by
from crm_store.people.rules import PreferenceRule

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MONTHLY, WEEKLY = {"count": 1, "per": "month"}, {"count": 1, "per": "week"}


async def member(crm: Crm, *channels: str) -> tuple[int, list[int]]:
    """A customer and addresses that are nobody's yet."""
    customer = Customer(name="Emma Tan", email="emma.tan@example.com", joined_on=date(2024, 1, 1))
    crm.session.add(customer)
    await crm.session.flush()
    identities = [await crm.identities.at(Address(channel, "shop", "42"), "", NOW) for channel in channels]
    return customer.id, [identity.id for identity in identities]


async def link(crm: Crm, identity_id: int, customer_id: int) -> None:
    await crm.identities.link(identity_id, customer_id, linked_by("deep_link", NOW))


def told(words: str, minutes: int = 0, source: str = "chat") -> Told:
    return Told(words, None, NOW + timedelta(minutes=minutes), source)


async def test_a_rule_knows_what_replaced_it_and_an_empty_one_only_lifts(store: Store) -> None:
    async with store.transaction() as crm:
        _, [identity] = await member(crm, "webchat")
        who = Who(identity, None)
        for minute, value in enumerate((WEEKLY, MONTHLY, {})):
            await crm.preferences.put(who, "at_most", value, told(str(value), minute))
        rows = (await crm.session.scalars(select(Preference).order_by(Preference.id))).all()
        assert await crm.preferences.of(who) == []
    assert [row.ended_by for row in rows] == [rows[1].id, rows[2].id, None]
    assert [row.ended_at is not None for row in rows] == [True, True, True]


async def test_what_any_address_said_before_it_was_linked_holds_for_the_customer(store: Store) -> None:
    async with store.transaction() as crm:
        customer, [chat, phone] = await member(crm, "webchat", "telegram")
        await crm.consent.stop(Who(phone, None), Evidence("chat", answer="stop"), NOW)
        await crm.preferences.put(Who(phone, None), "at_most", MONTHLY, told("rarely"))
        assert await crm.consent.standing(Who(chat, customer)) == []
        await link(crm, phone, customer)
        for who in (Who(chat, customer), Who(None, customer)):
            assert len(await crm.consent.standing(who)) == 3
            assert [rule.value for rule in await crm.preferences.of(who)] == [MONTHLY]


async def test_two_members_of_a_household_have_their_days_side_by_side(store: Store) -> None:
    async with store.transaction() as crm:
        _, [identity] = await member(crm, "webchat")
        who, one_message = Who(identity, None), Told("both", 7, NOW)
        for whom, day in (("son", 1), ("daughter", 3), ("son", 2)):
            note = OccasionNote("child_birthday", 5, day, "solar", off=False, whom=whom)
            await crm.preferences.note(who, note, one_message if day != 2 else told("son again", 5))
        days = {each.whom: each.day for each in await crm.preferences.occasions_of(who)}
    assert days == {"daughter": 3, "son": 2}


async def test_the_last_change_is_all_that_was_written_at_once(store: Store) -> None:
    async with store.transaction() as crm:
        customer, [identity] = await member(crm, "webchat")
        await link(crm, identity, customer)
        who = Who(identity, customer)
        await crm.preferences.put(who, "at_most", WEEKLY, told("weekly"))
        await crm.preferences.put(who, "at_most", MONTHLY, told("both", 1))
        await crm.preferences.put(who, "hours", {"from": "10:00"}, told("both", 1))
        change = await crm.last_changes.of(who, NOW - timedelta(days=1), here=False)
    assert change is not None
    back = {rule.kind: rule.value for rule in change.back.after_yes.rules}
    assert back == {"at_most": WEEKLY, "hours": {}}
    assert not change.back.at_once


async def test_a_linked_chat_sees_only_the_changes_made_in_it(store: Store) -> None:
    async with store.transaction() as crm:
        customer, [here, there] = await member(crm, "webchat", "telegram")
        for identity in (here, there):
            await link(crm, identity, customer)
        await crm.preferences.put(Who(there, customer), "at_most", MONTHLY, told("elsewhere"))
        assert await crm.last_changes.of(Who(here, customer), NOW - timedelta(days=1), here=True) is None
        assert await crm.last_changes.of(Who(here, customer), NOW - timedelta(days=1), here=False) is not None


async def test_what_staff_or_an_import_wrote_is_nobodys_last_change(store: Store) -> None:
    async with store.transaction() as crm:
        customer, _ = await member(crm)
        who = Who(None, customer)
        await crm.preferences.put(who, "at_most", MONTHLY, told("by staff", 0, "staff"))
        await crm.consent.record(who, [(Purpose.CARE, "email", True)], Evidence("import"), NOW)
        assert await crm.last_changes.of(who, NOW - timedelta(days=1), here=False) is None
        await crm.preferences.put(who, "style", {"style": "pull"}, told("on the page", 1, "page"))
        change = await crm.last_changes.of(who, NOW - timedelta(days=1), here=False)
    assert change is not None
    assert change.back.after_yes.rules == (PreferenceRule("style", {}),)


async def test_a_stop_is_taken_back_to_exactly_what_was_allowed(store: Store) -> None:
    async with store.transaction() as crm:
        customer, [identity] = await member(crm, "telegram")
        await link(crm, identity, customer)
        who = Who(identity, customer)
        await crm.consent.record(who, [(Purpose.CARE, "telegram", True)], Evidence("import"), NOW - timedelta(days=9))
        await crm.consent.stop(who, Evidence("chat", answer="stop"), NOW)
        change = await crm.last_changes.of(who, NOW - timedelta(days=1), here=False)
    assert change is not None
    assert change.back.after_yes.choices == ((Purpose.CARE, "telegram", True),)


async def test_a_sheet_is_what_holds_now_and_nobodys_for_who_was_erased(store: Store) -> None:
    async with store.transaction() as crm:
        customer, [identity] = await member(crm, "telegram")
        await link(crm, identity, customer)
        who = Who(identity, customer)
        yes = [(Purpose.CARE, "*", True), (Purpose.PROMOTION, "telegram", True), (Purpose.PROMOTION, "sms", False)]
        await crm.consent.record(who, yes, Evidence("import"), NOW)
        await crm.consent.record(who, [(Purpose.CARE, "email", False)], Evidence("one_click"), NOW)
        await crm.preferences.put(who, "language", {"language": "zh"}, told("zh"))
        sheet = await crm.sheets.of(customer)
        assert sheet is not None
        assert (sheet.channels, sheet.language) == (("email", "sms", "telegram"), "zh")
        assert sheet.allowed == {("care", "sms"), ("care", "telegram"), ("promotion", "telegram")}
        sheet.customer.erased_at = NOW
        await crm.session.flush()
        assert await crm.sheets.of(customer) is None
        assert await crm.sheets.of(999_999) is None
