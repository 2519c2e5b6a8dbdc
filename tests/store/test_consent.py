from datetime import UTC, datetime

from crm_store.database import Store
from crm_store.people.consent import Evidence, Purpose, Who
from crm_store.people.identities import Address

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


async def test_a_stop_withdraws_everything_that_can_be_withdrawn_with_the_exact_words(store: Store) -> None:
    async with store.transaction() as crm:
        identity = await crm.identities.at(Address("webchat", "shop", "v1"), "", NOW)
        who = Who(identity.id, None)
        await crm.consent.stop(who, Evidence("chat", answer="别再发了"), NOW)
    async with store.transaction() as crm:
        standing = await crm.consent.standing(who)
    assert {entry.purpose for entry in standing} == {Purpose.CARE, Purpose.SURVEY, Purpose.PROMOTION}
    assert all(entry.answer == "别再发了" and not entry.granted for entry in standing)
