from datetime import timedelta

from sqlalchemy import update

from crm_store.campaigns.campaign import Campaign, CampaignState
from crm_store.people.consent import Evidence, Purpose, Who
from crm_store.people.preferences import Told
from crm_store.planning.touches import Touch
from crm_store.standings.pages import PAGE
from tests.scheduler.care.works import CareHouse
from tests.store.planning.shop import NOON, SOON, Shop

LATER = timedelta(minutes=20)


async def planned(members: Shop, care: CareHouse) -> int:
    """An occurrence that is planned, and waits for tomorrow."""
    due = NOON + timedelta(hours=12)
    occurrence = await members.occurrence(await members.campaign(), hours=48, due_at=due)
    await care.jobs.put("plan", occurrence)
    await care.work()
    return occurrence


async def looked_again(members: Shop, care: CareHouse) -> None:
    care.wall += LATER
    await care.tending.round()
    await care.work()


async def reasons(members: Shop, occurrence: int) -> dict[int, tuple[str, str]]:
    return {who: (touch.state, touch.reason) for who, touch in (await members.touches(occurrence)).items()}


async def test_who_joins_while_it_waits_is_planned(members: Shop, care: CareHouse) -> None:
    ada = await members.member()
    occurrence = await planned(members, care)
    ben = await members.member()
    await looked_again(members, care)
    assert list(await members.touches(occurrence)) == [ada, ben]
    async with members.store.transaction() as crm:
        assert sum((await crm.occurrences.counts(occurrence)).values()) == 2


async def test_who_says_yes_while_it_waits_gets_it_and_who_says_no_does_not(members: Shop, care: CareHouse) -> None:
    ada, ben, cleo = await members.member(), await members.member(allows=()), await members.member()
    occurrence = await planned(members, care)
    before = await reasons(members, occurrence)
    assert before[ben] == ("suppressed", "no_consent")
    await members.stops(ada)
    async with members.store.transaction() as crm:
        yes = [(Purpose.PROMOTION, "telegram", True)]
        await crm.consent.record(Who(None, ben), yes, Evidence("chat"), care.wall)
    await looked_again(members, care)
    assert await reasons(members, occurrence) == {
        ada: ("suppressed", "address_suppressed"),
        ben: before[cleo],
        cleo: before[cleo],
    }
    touch = (await members.touches(occurrence))[ben]
    assert (touch.lane, touch.consent_id is not None, touch.trace_id is not None) == ("telegram:main", True, True)


async def test_a_change_read_anew_for_another_campaign_is_not_missed(members: Shop, care: CareHouse) -> None:
    ada, ben = await members.member(allows=()), await members.member()
    occurrence = await planned(members, care)
    care.wall += timedelta(minutes=1)
    async with members.store.transaction() as crm:
        await crm.consent.record(Who(None, ada), [(Purpose.PROMOTION, "*", True)], Evidence("chat"), care.wall)
    await planned(members, care)
    await looked_again(members, care)
    told = await reasons(members, occurrence)
    assert told[ada] == told[ben]


async def test_whom_somebody_is_sending_to_is_left_alone_and_what_was_sent_stays_sent(
    members: Shop, care: CareHouse
) -> None:
    ada, ben, cleo = [await members.member() for _ in range(3)]
    occurrence = await planned(members, care)
    async with members.store.transaction() as crm:
        await crm.session.execute(update(Touch).where(Touch.customer_id == ada).values(state="sending"))
        await crm.session.execute(update(Touch).where(Touch.customer_id == ben).values(state="sent", sent_at=NOON))
    for each in (ada, ben, cleo):
        await members.stops(each)
    await looked_again(members, care)
    states = {who: state for who, (state, _) in (await reasons(members, occurrence)).items()}
    assert states == {ada: "sending", ben: "sent", cleo: "suppressed"}


async def test_own_rules_told_while_it_waits_park_it_and_let_it_go_again(members: Shop, care: CareHouse) -> None:
    ada = await members.member()
    ben = await members.member()
    occurrence = await planned(members, care)
    for style, state in (("pull", "parked"), ("push", "waiting")):
        async with members.store.transaction() as crm:
            told = Told("don't write to me, I'll ask", None, care.wall)
            await crm.preferences.put(Who(1, ada), "style", {"style": style}, told)
        await looked_again(members, care)
        assert (await reasons(members, occurrence))[ada][0] == state
    assert (await reasons(members, occurrence))[ben][0] == "waiting"


async def test_nothing_is_looked_at_again_that_is_held_still_or_of_which_nothing_waits(
    members: Shop, care: CareHouse
) -> None:
    await members.member()
    occurrence = await planned(members, care)
    async with members.store.transaction() as crm:
        await crm.session.execute(update(Campaign).values(state=CampaignState.PAUSED))
    await members.member(id=PAGE - 1)
    await looked_again(members, care)
    assert len(await members.touches(occurrence)) == 1
    async with members.store.transaction() as crm:
        await crm.session.execute(update(Campaign).values(state=CampaignState.RUNNING))
        await crm.session.execute(update(Touch).values(state="sent", sent_at=NOON))
    await looked_again(members, care)
    assert len(await members.touches(occurrence)) == 1


async def test_what_is_parked_is_offered_the_best_first_until_it_expires(members: Shop, care: CareHouse) -> None:
    ada = await members.member(allows=("promotion", "care"))
    async with members.store.transaction() as crm:
        await crm.preferences.put(Who(1, ada), "style", {"style": "pull"}, Told("I'll ask", None, NOON))
    late = await members.occurrence(await members.campaign(), hours=48)
    soon = await members.occurrence(await members.campaign(SOON), hours=24)
    care_message = await members.occurrence(await members.campaign(purpose="care"), hours=72)
    paused = await members.occurrence(await members.campaign(state=CampaignState.PAUSED), hours=72)
    for occurrence in (late, soon, care_message, paused):
        await care.jobs.put("plan", occurrence)
    await care.work()

    async def offers(hours: int) -> list[int]:
        async with members.store.transaction() as crm:
            return [each.occurrence_id for each in await crm.touches.parked_for(ada, NOON + timedelta(hours=hours))]

    assert await offers(1) == [care_message, soon, late]
    assert await offers(30) == [care_message, late]
    async with members.store.transaction() as crm:
        assert await crm.touches.offered(care_message, ada, NOON)
        assert not await crm.touches.offered(care_message, ada, NOON)
    assert await offers(1) == [soon, late]
