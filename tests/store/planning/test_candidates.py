from dataclasses import replace
from datetime import date, timedelta

import pytest

from crm_store.campaigns.campaign import CampaignState
from crm_store.decision.decide import decide
from crm_store.decision.decision import Outcome, Reason
from crm_store.incidents.incidents import Incident
from crm_store.people.consent import Purpose, Who
from crm_store.people.customers import Customer
from crm_store.people.identities import ChannelIdentity
from crm_store.people.preferences import Occasion, Told
from crm_store.planning.candidates import Candidate, Sent, sent_by
from crm_store.plans.plan import Anniversary, OnEvent, Plan
from crm_store.standings.holdout import held_out
from crm_store.touchpoints.care_events import CareEvent
from tests.store.planning.shop import NOON, SOON, Shop


async def asked(shop: Shop, *pairs: tuple[int, int]) -> dict[tuple[int, int], Candidate]:
    async with shop.store.transaction() as crm:
        briefings = await crm.candidates.briefings(occurrence for occurrence, _ in pairs)
        return await crm.candidates.facts_for(pairs, briefings, shop.now)


async def test_the_facts_are_those_of_the_records_and_not_of_the_standing_planned_by(shop: Shop) -> None:
    ada = await shop.member()
    occurrence = await shop.occurrence(await shop.campaign())
    async with shop.store.transaction() as crm:
        await crm.standings.refresh(0, 9999, shop.now)
    await shop.stops(ada)
    async with shop.store.transaction() as crm:
        briefings = await crm.candidates.briefings([occurrence])
        found = (await crm.candidates.facts_for([(occurrence, ada)], briefings, shop.now))[occurrence, ada]
    decision = decide(found.facts, briefings[occurrence].message, shop.now, briefings[occurrence].policy)
    assert (decision.outcome, decision.reason) == (Outcome.SUPPRESS, Reason.ADDRESS_SUPPRESSED)


async def test_a_decision_says_where_it_goes_and_what_it_rests_on(shop: Shop) -> None:
    ada = await shop.member("telegram", "email")
    occurrence = await shop.occurrence(await shop.campaign())
    async with shop.store.transaction() as crm:
        briefings = await crm.candidates.briefings([occurrence])
        found = (await crm.candidates.facts_for([(occurrence, ada)], briefings, shop.now))[occurrence, ada]
    decision = decide(found.facts, briefings[occurrence].message, shop.now, briefings[occurrence].policy)
    identity, lane = found.addresses["telegram"]
    consent = found.permissions["promotion:*"]
    assert decision.outcome is Outcome.SEND
    assert sent_by(decision, {}, found.permissions, found.addresses) == Sent(lane, identity, consent)
    own = sent_by(decision, {"telegram": "telegram:second"}, found.permissions, found.addresses)
    assert own.lane == "telegram:second"


async def test_contacts_are_those_of_every_other_campaign_sent_or_reserved(shop: Shop) -> None:
    ada, ben = await shop.member(), await shop.member()
    mine, theirs = await shop.occurrence(await shop.campaign()), await shop.occurrence(await shop.campaign())
    service = await shop.occurrence(await shop.campaign(purpose="service"))
    old = await shop.occurrence(await shop.campaign())
    await shop.reserve(mine, ada, NOON)
    await shop.reserve(theirs, ada, NOON + timedelta(hours=3))
    await shop.reserve(service, ada, NOON, "sent")
    await shop.reserve(old, ada, NOON - timedelta(days=5), "unknown")
    await shop.reserve(theirs, ben, NOON - timedelta(days=40), "sent")
    found = await asked(shop, (mine, ada), (mine, ben), (theirs, ada))
    first, second = found[mine, ada].facts.contacts
    assert (first.at, first.reserved) == (NOON - timedelta(days=5), None)
    assert (second.at, second.purpose, second.channel) == (NOON + timedelta(hours=3), Purpose.PROMOTION, "telegram")
    assert second.reserved is not None
    assert second.reserved.occurrence == theirs
    assert found[mine, ben].facts.contacts == ()
    assert [contact.at for contact in found[theirs, ada].facts.contacts] == [NOON - timedelta(days=5), NOON]


async def test_a_cap_of_so_many_a_year_looks_a_year_back(shop: Shop) -> None:
    ada = await shop.member()
    occurrence = await shop.occurrence(await shop.campaign())
    before = await shop.occurrence(await shop.campaign())
    await shop.reserve(before, ada, NOON - timedelta(days=200), "sent")
    assert (await asked(shop, (occurrence, ada)))[occurrence, ada].facts.contacts == ()
    async with shop.store.transaction() as crm:
        identity = await crm.session.get_one(ChannelIdentity, 1)
        told = Told("once a year", None, NOON)
        await crm.preferences.put(Who(identity.id, ada), "at_most", {"count": 1, "per": "year"}, told)
    assert len((await asked(shop, (occurrence, ada)))[occurrence, ada].facts.contacts) == 1


async def test_who_is_erased_or_has_left_is_no_longer_eligible(shop: Shop) -> None:
    ada, ben = await shop.member(), await shop.member()
    occurrence = await shop.occurrence(await shop.campaign())
    async with shop.store.transaction() as crm:
        (await crm.session.get_one(Customer, ben)).erased_at = shop.now
    found = await asked(shop, (occurrence, ada), (occurrence, ben), (occurrence, 999))
    assert [candidate.facts.eligible for candidate in found.values()] == [True, False]
    assert found[occurrence, ben].facts.standing.blocked == "erased"


@pytest.mark.parametrize(
    ("born", "calendar", "day", "fits"),
    [
        (date(1990, 11, 23), "solar", "2026-11-23", True),
        (date(1990, 11, 24), "solar", "2026-11-23", False),
        (date(1992, 2, 29), "solar", "2027-02-28", True),
        (date(1992, 2, 29), "solar", "2027-03-01", False),
        (date(1992, 2, 29), "solar", "2028-02-29", True),
        (date(1992, 2, 29), "solar", "2028-02-28", False),
        (date(1985, 10, 15), "lunar", "2026-11-23", True),
        (date(1985, 11, 23), "lunar", "2026-11-23", False),
        (date(1970, 1, 1), "solar", "2027-01-01", False),
    ],
)
async def test_a_birthday_is_kept_on_its_day_by_the_sun_or_the_moon(
    shop: Shop, born: date, calendar: str, day: str, fits: bool
) -> None:
    ada = await shop.member(birth_date=born, birth_calendar=calendar)
    plan = Plan(channels=("telegram",), trigger=Anniversary(of="birthday"))
    occurrence = await shop.occurrence(await shop.campaign(plan, "care"), day=day)
    assert (await asked(shop, (occurrence, ada)))[occurrence, ada].facts.eligible is fits


async def test_what_they_told_us_counts_before_the_date_on_file_and_their_last_word_before_the_one_before(
    shop: Shop,
) -> None:
    ada = await shop.member(birth_date=date(1990, 11, 23))
    plan = Plan(channels=("telegram",), trigger=Anniversary(of="birthday", days=-3))
    campaign = await shop.campaign(plan, "care")
    on_file, told, corrected = [
        await shop.occurrence(campaign, day=day) for day in ("2026-11-20", "2026-12-02", "2026-12-05")
    ]
    assert (await asked(shop, (on_file, ada)))[on_file, ada].facts.eligible
    async with shop.store.transaction() as crm:
        for day in (5, 8):
            said = {"identity_id": 1, "kind": "birthday", "words": "", "at": NOON, "month": 12, "day": day}
            crm.session.add(Occasion(customer_id=ada if day == 8 else None, **said))
    found = await asked(shop, *((each, ada) for each in (on_file, told, corrected)))
    assert [candidate.facts.eligible for candidate in found.values()] == [False, False, True]


async def test_a_member_for_no_year_has_no_membership_day(shop: Shop) -> None:
    ada, ben = await shop.member(joined_on=date(2025, 11, 23)), await shop.member(joined_on=date(2026, 11, 23))
    plan = Plan(channels=("telegram",), trigger=Anniversary(of="membership_day"))
    occurrence = await shop.occurrence(await shop.campaign(plan, "care"), day="2026-11-23")
    found = await asked(shop, (occurrence, ada), (occurrence, ben))
    assert [candidate.facts.eligible for candidate in found.values()] == [True, False]


async def test_an_event_is_for_whom_it_happened_to_and_is_named(shop: Shop) -> None:
    ada, ben = await shop.member(), await shop.member()
    async with shop.store.transaction() as crm:
        for key in ("1", "2"):
            crm.session.add(CareEvent(kind="purchase", customer_id=ada, key=key, at=NOON, detail={}))
    plan = Plan(channels=("telegram",), trigger=OnEvent(of="purchase"))
    occurrence = await shop.occurrence(await shop.campaign(plan, "care"), first_event=1, last_event=2)
    found = await asked(shop, (occurrence, ada), (occurrence, ben))
    assert (found[occurrence, ada].facts.eligible, found[occurrence, ada].event_id) == (True, 2)
    assert (found[occurrence, ben].facts.eligible, found[occurrence, ben].event_id) == (False, None)


async def test_a_household_is_written_to_once(shop: Shop) -> None:
    ada, ben = await shop.member(household_id=7), await shop.member(household_id=7)
    cleo = await shop.member(household_id=8)
    occurrence = await shop.occurrence(await shop.campaign(SOON.model_copy(update={"once_per_household": True})))
    await shop.reserve(occurrence, ada, NOON)
    found = await asked(shop, (occurrence, ada), (occurrence, ben), (occurrence, cleo))
    assert [candidate.facts.taken for candidate in found.values()] == [False, True, False]


def test_the_held_out_are_as_many_as_asked_for_and_others_in_every_campaign() -> None:
    one, other = ({n for n in range(20_000) if held_out(campaign, n, 10)} for campaign in (1, 2))
    assert 1_800 < len(one) < 2_200
    assert 120 < len(one & other) < 280
    assert {n for n in range(20_000) if held_out(1, n, 5)} < one
    assert not any(held_out(1, n, 0) for n in range(1_000))


async def test_a_paused_campaign_and_a_product_with_an_incident_hold_what_waits(shop: Shop) -> None:
    paused = await shop.occurrence(await shop.campaign(state=CampaignState.PAUSED))
    cancelled = await shop.occurrence(await shop.campaign(state=CampaignState.CANCELLED))
    about = await shop.occurrence(await shop.campaign(SOON.model_copy(update={"skus": ("KETTLE",)})))
    async with shop.store.transaction() as crm:
        crm.session.add(Incident(shares="product", value="KETTLE", title="Kettles leak", opened_at=NOON))
    async with shop.store.transaction() as crm:
        found = await crm.candidates.briefings([paused, cancelled, about])
    assert [found[each].message.ready for each in (paused, cancelled, about)] == ["paused", "cancelled", "paused"]
    assert found[about].held == "Kettles leak"
    assert replace(found[about], held="") == found[about]
