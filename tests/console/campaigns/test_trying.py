"""A test goes to whoever asks for it, says that it is one, and counts nowhere."""

from sqlalchemy import select

from crm_store.database import Store
from crm_store.planning.touches import Touch
from crm_store.talks.interactions import Interaction
from crm_store.talks.outbox import OutboxMessage
from tests.console.campaigns.shop import Marketing
from tests.console.campaigns.test_moving import said
from tests.console.conftest import Desk, SignedIn

EMAIL = {"channel": "email", "speech": "zh", "look_as": "0"}


async def sent(store: Store) -> list[OutboxMessage]:
    async with store.reading() as crm:
        assert list(await crm.session.scalars(select(Touch))) == []
        assert list(await crm.session.scalars(select(Interaction))) == []
        return list(await crm.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


async def test_it_goes_to_ones_own_address_marked_as_a_test(
    desk: Desk, console_client: SignedIn, marketing: Marketing
) -> None:
    rachel = await console_client("marketer", notify_by="telegram", notify_address="4711")
    campaign = await marketing.campaign(rachel, "after_purchase")
    for data in (EMAIL, {"channel": "telegram", "speech": "en"}):
        assert said(await rachel.post(f"/console/campaigns/{campaign}/test", data)).key == "plans.test_sent"
    mail, chat = await sent(desk.store)
    assert (mail.purpose, mail.address, mail.lane) == ("test", rachel.member.login, "email:care@willowmere.example")
    assert mail.body["text"].startswith("【测试，仅发员工】")
    assert mail.body["subject"].startswith("【测试，仅发员工】")
    assert (chat.address, chat.lane) == ("4711", "telegram:main")
    assert "[All good] · [Something is wrong]" in chat.body["text"]
    assert chat.body["choices"] == []


async def test_no_other_address_is_written_to(desk: Desk, console_client: SignedIn, marketing: Marketing) -> None:
    rachel = await console_client("marketer")
    campaign = await marketing.campaign(rachel)
    path = f"/console/campaigns/{campaign}/test"
    given = EMAIL | {"address": "emma@example.com", "to": "emma@example.com"}
    await rachel.post(path, given)
    for data in (EMAIL | {"channel": "telegram"}, EMAIL | {"channel": "webchat"}, EMAIL | {"speech": "fr"}):
        assert said(await rachel.post(path, data)).tone == "warn"
    assert {message.address for message in await sent(desk.store)} == {rachel.member.login}


async def test_a_customers_address_is_refused_though_somebody_says_it_is_theirs(
    desk: Desk, console_client: SignedIn, marketing: Marketing
) -> None:
    emma = await marketing.emma(email="Emma@Example.com")
    for by, address in (("email", "emma@example.com"), ("telegram", f"telegram-{emma}")):
        rachel = await console_client("marketer", notify_by=by, notify_address=address)
        campaign = await marketing.campaign(rachel)
        answer = await rachel.post(f"/console/campaigns/{campaign}/test", EMAIL | {"channel": by})
        assert said(answer).key == "plans.test_of_a_customer"
    assert await sent(desk.store) == []


async def test_tests_come_to_an_end(desk: Desk, console_client: SignedIn, marketing: Marketing) -> None:
    rachel = await console_client("marketer")
    campaign = await marketing.campaign(rachel)
    keys = [said(await rachel.post(f"/console/campaigns/{campaign}/test", EMAIL)).key for _ in range(31)]
    assert keys == ["plans.test_sent"] * 30 + ["plans.test_enough"]


async def test_one_without_words_says_so(console_client: SignedIn, marketing: Marketing) -> None:
    rachel = await console_client("marketer")
    campaign = await marketing.campaign(rachel, contents=())
    answer = await rachel.post(f"/console/campaigns/{campaign}/test", EMAIL)
    assert said(answer).key == "plans.test_no_words"
