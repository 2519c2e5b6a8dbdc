"""Every signal of the desk says which lines of the inbox it is about: those of cases, and of conversations held."""

from typing import Any

from crm_store.crm import Crm
from crm_store.database import Store
from crm_store.desk_signals import tell_desk, tell_lists
from crm_store.people.identities import Address, ChannelIdentity
from crm_store.promises.escalations import Cause, EscalationStep, Need
from crm_store.talks.arrivals import Arrived
from crm_store.talks.inbox import Arrival, InboxState
from tests.store.desk_shop import NOW, Case, DeskShop, ago


async def written(crm: Crm, case: Case) -> Arrived:
    identity = await crm.session.get_one(ChannelIdentity, case.identity_id)
    event: dict[str, Any] = {"text": "Where is it?"}
    arrival = Arrival("webchat", "main", f"k{case.identity_id}", "text", {}, event, InboxState.PENDING)
    arrived = await crm.arrivals.arrive(Address("webchat", "main", identity.address), arrival, False, NOW)
    assert arrived is not None
    return arrived


async def test_a_message_concerns_the_open_cases_it_may_be_about_and_the_conversation_while_it_is_held(
    store: Store,
) -> None:
    async with store.transaction() as crm:
        desk = DeskShop(crm)
        case = await desk.case("Jo")
        second = await desk.case_in(case)
        await desk.case_in(case, closed_at=ago(5))
        await desk.case_in(case, merged_into=case.complaint_id)
        held = await desk.talk("Bo", control="waiting")
        alone = await desk.talk("Cy")
        assert sorted((await written(crm, case)).lines) == [case.complaint_id, second.complaint_id]
        assert (await written(crm, held)).lines == (-held.conversation_id,)
        assert (await written(crm, alone)).lines == ()


async def test_a_change_in_a_conversation_is_told_to_its_cases_too(store: Store) -> None:
    async with store.transaction() as crm:
        case = await DeskShop(crm).case("Jo", closed_at=ago(5))
        await tell_desk(crm, case.conversation_id)
        desk = [("desk", -case.conversation_id), ("desk", case.complaint_id)]
        assert list(crm.nudges) == [("talk", case.conversation_id), *desk]
        crm.nudges.clear()
        await tell_lists(crm, [])
        assert not crm.nudges


async def test_an_escalation_is_told_to_the_line_it_stands_in(store: Store) -> None:
    async with store.transaction() as crm:
        desk = DeskShop(crm)
        case, talk = await desk.case("Jo"), await desk.talk("Bo", control="waiting")
        await crm.session.merge(EscalationStep(cause="severe", level=1, role="handler", acknowledge_within=5))
        await crm.session.flush()
        await crm.escalations.raise_for([Need("a", Cause.SEVERE, complaint_id=case.complaint_id)], NOW)
        await crm.escalations.raise_for([Need("b", Cause.SEVERE, conversation_id=talk.conversation_id)], NOW)
        told = [number for topic, number in crm.nudges if topic == "desk"]
        assert told == [case.complaint_id, -talk.conversation_id]
