"""Remedies: a second pair of eyes that is another's, within its limit, with what is fair beside it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.remedies.limits import is_wrong, read, written
from crm_store.remedies.granting import RemedyKind
from crm_store.remedies.remedies import Proposal
from crm_store.remedies.remedy import Remedy
from crm_store.staff.scope import Scope
from tests.console.conftest import NOW, Browser, Desk, SignedIn, text_of
from tests.console.test_inbox import HOSTILE, case_of, team_of
from tests.store.desk_shop import Case

WAITING = "/console/remedies"


@pytest.fixture(autouse=True)
async def limits(desk: Desk) -> None:
    async with desk.store.transaction() as crm:
        await crm.remedies.limits.ensure()


async def proposed(desk: Desk, by: Browser, case: Case, amount: int = 900, why: str = "two weeks late") -> int:
    """Points, more than a handler grants alone."""
    async with desk.store.transaction() as crm:
        teams = await crm.staff.teams_of(by.member.id)
        scope = Scope(by.member.id, by.member.role, teams)
        made = await crm.remedies.propose(Proposal(case.complaint_id, RemedyKind.POINTS, amount, why), scope, NOW)
        return made.id


async def state(desk: Desk, remedy_id: int) -> str:
    async with desk.store.reading() as crm:
        return (await crm.session.get_one(Remedy, remedy_id)).state


async def test_a_proposal_waits_with_its_reason_and_is_carried_out_once_when_approved(
    desk: Desk, console_client: SignedIn
) -> None:
    mei, wei = await console_client("handler", name="Mei Tan"), await console_client("supervisor")
    case = await case_of(desk, "Grace Lim")
    remedy_id = await proposed(desk, mei, case)
    card = text_of(await wei.page(WAITING), f"#remedy-{remedy_id}")
    assert "900 points" in card
    assert "Mei Tan proposed it" in card
    page = await wei.page(f"{WAITING}/{remedy_id}")
    assert "Supervisor (you)2,500 pointsenough" in text_of(page, "aside")
    await wei.post(f"{WAITING}/{remedy_id}/approve")
    await wei.post(f"{WAITING}/{remedy_id}/approve")
    assert await state(desk, remedy_id) == "arrived"
    assert "Nothing waits" in text_of(await wei.page(WAITING), "main")
    assert "900 points" in text_of(await wei.page(f"{WAITING}/granted"), "tbody")


async def test_a_refusal_needs_a_reason_and_is_kept(desk: Desk, console_client: SignedIn) -> None:
    mei, wei = await console_client("handler"), await console_client("supervisor")
    remedy_id = await proposed(desk, mei, await case_of(desk, "Grace Lim"))
    silent = await wei.post(f"{WAITING}/{remedy_id}/refuse", {"why": "  "})
    assert silent.status_code == 422
    assert await state(desk, remedy_id) == "proposed"
    await wei.post(f"{WAITING}/{remedy_id}/refuse", {"why": "The voucher was enough."})
    assert await state(desk, remedy_id) == "refused"
    assert "The voucher was enough." in text_of(await wei.page(f"{WAITING}/{remedy_id}"), "main")


async def test_nobody_approves_their_own_but_may_take_it_back(desk: Desk, console_client: SignedIn) -> None:
    wei = await console_client("supervisor")
    remedy_id = await proposed(desk, wei, await case_of(desk, "Grace Lim"), 9000)
    page = await wei.page(f"{WAITING}/{remedy_id}")
    assert page.css_first("#remedy-approve") is None
    assert "You proposed this" in text_of(page, "aside")
    await wei.post(f"{WAITING}/{remedy_id}/approve")
    assert await state(desk, remedy_id) == "proposed"
    await wei.post(f"{WAITING}/{remedy_id}/refuse", {"why": "too much"})
    assert await state(desk, remedy_id) == "refused"


async def test_what_is_above_ones_limit_names_who_can_and_stays(desk: Desk, console_client: SignedIn) -> None:
    mei, wei, ana = await console_client("handler"), await console_client("supervisor"), await console_client("admin")
    case = await case_of(desk, "Grace Lim")
    remedy_id = await proposed(desk, mei, case, 2600)
    page = await wei.page(f"{WAITING}/{remedy_id}")
    assert "can be approved by: Admin" in text_of(page, "aside")
    await wei.post(f"{WAITING}/{remedy_id}/approve")
    assert await state(desk, remedy_id) == "proposed"
    await ana.post(f"{WAITING}/{remedy_id}/approve")
    assert await state(desk, remedy_id) == "arrived"


async def test_many_small_ones_are_weighed_as_one(desk: Desk, console_client: SignedIn) -> None:
    mei, wei = await console_client("handler"), await console_client("supervisor")
    case = await case_of(desk, "Grace Lim")
    await proposed(desk, mei, case, 400)
    second = await proposed(desk, mei, case, 300)
    assert "700 points of this kind" in text_of(await wei.page(WAITING), f"#remedy-{second}")


async def test_similar_cases_say_what_is_usual(desk: Desk, console_client: SignedIn) -> None:
    mei, wei = await console_client("handler"), await console_client("supervisor")
    for name, amount in (("Ann Goh", 100), ("Bob Sim", 200), ("Cy Teo", 400)):
        await proposed(desk, mei, await case_of(desk, name), amount)
    remedy_id = await proposed(desk, mei, await case_of(desk, "Grace Lim"))
    page = await wei.page(f"{WAITING}/{remedy_id}")
    assert "Points200 points100 points to 400 points3" in text_of(page, "main")


async def test_what_another_team_has_is_neither_listed_nor_decided(desk: Desk, console_client: SignedIn) -> None:
    mei = await console_client("handler", teams=["north"])
    tom = await console_client("supervisor", teams=["south"])
    case = await case_of(desk, "Grace Lim", "north")
    remedy_id = await proposed(desk, mei, case)
    assert case.number not in (await tom.get(WAITING)).text
    assert (await tom.get(f"{WAITING}/{remedy_id}")).status_code == 404
    assert (await tom.post(f"{WAITING}/{remedy_id}/approve")).status_code == 404
    assert (await tom.post(f"{WAITING}/{remedy_id}/refuse", {"why": "no"})).status_code == 404
    assert await state(desk, remedy_id) == "proposed"
    assert await team_of(desk, "north")


async def test_handlers_and_marketers_do_not_decide(desk: Desk, console_client: SignedIn) -> None:
    mei, ken = await console_client("handler"), await console_client("marketer")
    remedy_id = await proposed(desk, mei, await case_of(desk, "Grace Lim"))
    for one in (mei, ken):
        assert (await one.get(WAITING)).status_code == 403
        assert (await one.post(f"{WAITING}/{remedy_id}/approve")).status_code == 403


async def test_admins_set_limits_and_what_cannot_be_read_changes_nothing(desk: Desk, console_client: SignedIn) -> None:
    ana, wei = await console_client("admin"), await console_client("supervisor")
    assert (await wei.post(f"{WAITING}/limits", {"handler:points": "9"})).status_code == 403
    assert (await wei.page(f"{WAITING}/limits")).css_first("main form input:not([type=hidden])") is None
    wrong = await ana.post(f"{WAITING}/limits", {"handler:points": "750", "handler:coupon": "many"})
    assert wrong.status_code == 422
    await ana.post(f"{WAITING}/limits", {"handler:points": "750", "handler:coupon": "25.50", "supervisor:refund": ""})
    async with desk.store.reading() as crm:
        limits = await crm.remedies.limits.all()
    assert (limits["handler", "points"], limits["handler", "coupon"]) == (750, 2550)
    assert ("supervisor", "refund") not in limits
    assert limits["handler", "refund"] == 5000


async def test_hostile_words_stay_words(desk: Desk, console_client: SignedIn) -> None:
    mei, wei = await console_client("handler"), await console_client("supervisor")
    remedy_id = await proposed(desk, mei, await case_of(desk, HOSTILE), why=HOSTILE)
    for path in (WAITING, f"{WAITING}/{remedy_id}"):
        page = await wei.page(path)
        assert not page.css("main img, main script")
        assert "\u202e" not in text_of(page, "main")


@given(
    st.sampled_from([kind for kind in RemedyKind if kind is not RemedyKind.APOLOGY]), st.none() | st.integers(0, 10**8)
)
def test_a_limit_is_read_as_it_is_written(kind: RemedyKind, amount: int | None) -> None:
    assert read(kind, written(amount, kind)) == amount


@given(st.text(max_size=20))
def test_whatever_is_typed_is_a_limit_nothing_or_wrong(typed: str) -> None:
    for kind in RemedyKind:
        amount = read(kind, typed.strip())
        assert is_wrong(f"handler:{kind}", typed.strip()) == (
            typed.strip() != "" and (amount is None or amount > 10**8)
        )
