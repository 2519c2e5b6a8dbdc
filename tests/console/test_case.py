"""The case room: who may see a case, what it shows, and what is done to it."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from console.case.parts import Parts
from console.live.part import Look
from crm_store.cases.complaints import Complaint, Grievance, Opener
from crm_store.cases.events import BY_SHOPPER, By
from crm_store.cases.facts import CaseFact
from crm_store.promises.defaults import ensure_promises
from crm_store.staff.notes import NoteOn, StaffNote
from crm_store.staff.scope import Scope
from tests.console.conftest import NOW, Browser, Desk, SignedIn, text_of
from tests.console.test_inbox import HOSTILE, team_of
from tests.store.desk_shop import Case, DeskShop


async def opened(desk: Desk, name: str = "Grace Lim", code: str = "", **told: str) -> Case:
    """A case opened by its verbs, with promises and facts."""
    team = await team_of(desk, code) if code else None
    async with desk.store.transaction() as crm:
        await ensure_promises(crm, NOW - timedelta(days=9), "Asia/Singapore")
        await crm.remedies.limits.ensure()
        shop = DeskShop(crm)
        shop._count = len(name) * 1000 + sum(map(ord, name))
        talk = await shop.talk(name)
        grievance = {
            "category": "broken",
            "severity": "normal",
            "what_happened": "It came in pieces.",
            "wanted": "A new one",
        }
        opener = Opener(talk.identity_id, talk.customer_id, talk.conversation_id, None, by=BY_SHOPPER)
        account = Grievance(**{**grievance, **told}, order_number=None, language="en")
        case = await crm.complaints.open(opener, account, NOW - timedelta(hours=3))
        if team is not None:
            await crm.handling.to_team(case.id, team, By("bot"), NOW - timedelta(hours=3))
        return Case(talk.customer_id, talk.identity_id, talk.conversation_id, case.id, case.number)


async def now_of(desk: Desk, case: Case) -> Complaint:
    async with desk.store.reading() as crm:
        return await crm.session.get_one(Complaint, case.complaint_id)


async def said(browser: Browser, path: str, data: dict[str, Any] | None = None) -> str:
    """What the page says after the form."""
    answer = await browser.post(path, data)
    assert answer.status_code == 303, answer.text
    page = await browser.page(answer.headers["location"])
    return text_of(page, "[data-toast]")


async def test_acceptance_12_another_teams_case_is_not_there_whatever_is_asked(
    desk: Desk, console_client: SignedIn
) -> None:
    mei, tom = await console_client("handler", teams=["north"]), await console_client("handler", teams=["south"])
    case, other = await opened(desk, "Grace Lim", "north"), await opened(desk, "Wei Chen", "south")
    path = f"/console/cases/{case.number}"
    assert (await mei.get(path)).status_code == 200
    reads = ("", "/clocks", "/card", "/merge")
    assert [(await tom.get(path + rest)).status_code for rest in reads] == [404] * len(reads)
    posts: dict[str, dict[str, Any]] = {
        "/take": {}, "/assign": {"staff": tom.member.id}, "/team": {"team": 0}, "/move": {"to": "closed"},
        "/reopen": {}, "/ask": {}, "/pause": {"reason": "shopper"}, "/resume": {}, "/tags": {"add": "vip"},
        "/notes": {"text": "psst"}, "/facts": {"name": "cause", "value": "x"}, "/split": {}, "/incident": {},
        "/remedies": {"kind": "apology", "reason": "x"}, "/remedies/1/approve": {}, "/remedies/1/refuse": {},
        "/remedies/1/arrived": {}, "/talks": {"talk": 1}, "/split-off": {"talk": 1}, "/merge": {"into": other.number},
    }  # fmt: skip
    assert {rest: (await tom.post(path + rest, data)).status_code for rest, data in posts.items()} == dict.fromkeys(
        posts, 404
    )
    into = await tom.post(f"/console/cases/{other.number}/merge", {"into": case.number})
    assert into.status_code == 404
    assert "Grace" not in (await tom.get(f"/console/cases/{other.number}/merge", into=case.number)).text
    async with desk.store.reading() as crm:
        teams = await crm.staff.teams_of(tom.member.id)
    look = Look(Scope(tom.member.id, "handler", teams), "en", str(case.complaint_id), NOW)
    parts = Parts(desk.console.frame)
    assert [await part(look) for part in (parts.head, parts.clocks, parts.timeline)] == [""] * 3
    assert (await now_of(desk, case)).state == "received"


async def test_a_marketer_may_not_enter(desk: Desk, console_client: SignedIn) -> None:
    ken, case = await console_client("marketer"), await opened(desk)
    paths = (f"/console/cases/{case.number}", "/console/cases/new", "/console/customers")
    assert [(await ken.get(path)).status_code for path in paths] == [403] * 3
    assert (await ken.post(f"/console/cases/{case.number}/take")).status_code == 403


async def test_who_looks_is_written_down(desk: Desk, console_client: SignedIn) -> None:
    mei, case = await console_client("handler"), await opened(desk)
    await mei.page(f"/console/cases/{case.number}")
    async with desk.store.reading() as crm:
        seen = await crm.session.scalars(text("select action from audit_events"))
        assert list(seen) == ["viewed"]


async def test_a_case_is_taken_once_and_the_second_is_told(desk: Desk, console_client: SignedIn) -> None:
    mei, tom = await console_client("handler", name="Mei"), await console_client("handler", name="Tom")
    case = await opened(desk)
    path = f"/console/cases/{case.number}/take"
    assert await said(mei, path, {"was": 0}) == "It is yours."
    assert (await said(tom, path, {"was": 0})).startswith("Mei was quicker")
    assert (await now_of(desk, case)).assignee_id == mei.member.id


async def test_a_move_that_is_not_possible_any_more_says_what_is(desk: Desk, console_client: SignedIn) -> None:
    mei, case = await console_client("handler"), await opened(desk)
    path = f"/console/cases/{case.number}"
    assert "carried out" in await said(mei, f"{path}/move", {"to": "done"})
    told = await said(mei, f"{path}/move", {"to": "investigating"})
    assert "not possible" in told
    assert "Reopen" in told
    page = await mei.page(path)
    offered = {button.attributes.get("hx-vals") for button in page.css("#case-moves button")}
    assert offered == {'{"to": "confirmed"}', '{"to": "closed"}'}
    assert await said(mei, f"{path}/reopen", {"why": "broken again"}) == "Reopened."
    assert "broken again" in (await mei.get(path)).text


async def test_a_corrected_fact_keeps_what_it_was_and_a_stale_one_is_not_overwritten(
    desk: Desk, console_client: SignedIn
) -> None:
    mei, tom = await console_client("handler"), await console_client("handler")
    case = await opened(desk)
    path = f"/console/cases/{case.number}"
    page = await mei.page(path)
    form = next(one for one in page.css("form[action$='/facts']") if one.css_first("[name=name][value=wanted]"))
    was = form.css_first("[name=was]").attributes["value"]  # type: ignore[union-attr]
    assert "Corrected" in await said(mei, f"{path}/facts", {"name": "wanted", "value": "Money back", "was": was})
    clash = await tom.post(f"{path}/facts", {"name": "wanted", "value": "A voucher", "was": was})
    assert clash.status_code == 409
    assert "A voucher" in clash.text
    page = await mei.page(path)
    assert "A new one" in text_of(page, ".fact-before")
    assert (await now_of(desk, case)).wanted == "Money back"


@pytest.mark.parametrize(
    "told", [{"name": "story", "value": " "}, {"name": "category", "value": "x"}, {"name": "product", "value": "NOPE"},
             {"name": "number", "value": "C1"}, {"name": "store", "value": "moon"}]
)  # fmt: skip
async def test_a_fact_that_cannot_be_is_refused_with_what_was_typed(
    desk: Desk, console_client: SignedIn, told: dict[str, str]
) -> None:
    mei, case = await console_client("handler"), await opened(desk)
    async with desk.store.reading() as crm:
        rows = {row.name: row.id for row in await crm.facts.current(case.complaint_id)}
    answer = await mei.post(f"/console/cases/{case.number}/facts", {**told, "was": rows.get(told["name"], 0)})
    assert answer.status_code == 422
    assert (await now_of(desk, case)).what_happened == "It came in pieces."


async def test_a_pause_needs_a_reason_and_stays_readable_in_the_explanation(
    desk: Desk, console_client: SignedIn
) -> None:
    mei, case = await console_client("handler"), await opened(desk)
    path = f"/console/cases/{case.number}"
    assert "Say what we wait for" in await said(mei, f"{path}/pause", {"reason": "other"})
    assert await said(mei, f"{path}/pause", {"reason": "carrier"}) == "The clock stands still."
    assert "not possible" in await said(mei, f"{path}/pause", {"reason": "carrier"})
    page = await mei.page(f"{path}/clocks")
    assert "The carrier" in page.text()
    assert "version 1" in page.text()
    assert len(page.css(".day-bar svg")) > 0
    assert await said(mei, f"{path}/resume") == "The clock runs again."


async def test_a_merge_is_shown_before_it_is_done_and_can_be_undone(desk: Desk, console_client: SignedIn) -> None:
    mei, case = await console_client("handler"), await opened(desk)
    async with desk.store.transaction() as crm:
        again = Opener(case.identity_id, case.customer_id, None, None, source="staff", by=By("staff", mei.member.id))
        told = Grievance("broken", "normal", "Still in pieces.", "", None, "en")
        second = (await crm.complaints.open(again, told, NOW)).number
    path = f"/console/cases/{second}/merge"
    assert case.number in (await mei.get(path)).text
    assert f"Merge {second} into {case.number}" in (await mei.get(path, into=case.number)).text
    assert "part of this case" in await said(mei, path, {"into": case.number})
    assert "went into" in await said(mei, f"/console/cases/{second}/move", {"to": "closed"})
    assert (await now_of(desk, case)).state == "received"
    assert "stands by itself" in await said(mei, f"/console/cases/{second}/split")


async def test_two_customers_cases_are_never_merged(desk: Desk, console_client: SignedIn) -> None:
    mei = await console_client("handler")
    one, other = await opened(desk, "Grace Lim"), await opened(desk, "Wei Chen")
    assert "two different customers" in (await mei.get(f"/console/cases/{one.number}/merge", into=other.number)).text
    assert "cannot be merged" in await said(mei, f"/console/cases/{one.number}/merge", {"into": other.number})


async def test_a_remedy_above_ones_limit_waits_for_a_second_pair_of_eyes(desk: Desk, console_client: SignedIn) -> None:
    mei, ada = await console_client("handler"), await console_client("supervisor")
    case = await opened(desk)
    path = f"/console/cases/{case.number}"
    form = {"kind": "coupon", "amount": "60.00", "reason": "Broken twice"}
    assert "Proposed" in await said(mei, f"{path}/remedies", form)
    own = await said(mei, f"{path}/remedies/1/approve")
    assert "does not allow" in own
    assert "Granted" in await said(ada, f"{path}/remedies/1/approve")
    assert "settled already" in await said(ada, f"{path}/remedies/1/approve")
    assert "coupon CARE-" in text_of(await mei.page(path), ".remedy")
    wrong = await mei.post(f"{path}/remedies", {**form, "amount": "1e5000000"})
    assert wrong.status_code == 422
    assert "Broken twice" in wrong.text


async def test_a_note_is_kept_and_never_among_the_messages(desk: Desk, console_client: SignedIn) -> None:
    mei, case = await console_client("handler"), await opened(desk)
    path = f"/console/cases/{case.number}"
    assert await said(mei, f"{path}/notes", {"text": HOSTILE}) == "The note is kept."
    async with desk.store.reading() as crm:
        scope = Scope(mei.member.id, "handler", frozenset())
        notes: list[StaffNote] = await crm.notes.of(scope, NoteOn(complaint_id=case.complaint_id))
        assert [note.text for note in notes] == [HOSTILE]
        assert not list(await crm.session.scalars(text("select 1 from interactions")))
    assert "needs words" in await said(mei, f"{path}/notes", {"text": "  "})


async def test_hostile_words_are_shown_as_words_in_every_field(desk: Desk, console_client: SignedIn) -> None:
    mei = await console_client("handler")
    case = await opened(desk, HOSTILE, what_happened=HOSTILE, wanted=HOSTILE)
    path = f"/console/cases/{case.number}"
    for name in ("cause", "carrier", "order_number", "campaign"):
        await mei.post(f"{path}/facts", {"name": name, "value": HOSTILE, "was": 0})
    await mei.post(f"{path}/pause", {"reason": "other", "words": HOSTILE})
    await mei.post(f"{path}/remedies", {"kind": "apology", "reason": HOSTILE})
    customer = f"/console/customers/{case.customer_id}"
    for shown in (path, f"{path}/clocks", f"{path}/card", f"{path}/merge", customer, "/console/cases/new"):
        page = await mei.page(shown)
        for field in page.css("textarea"):
            field.decompose()  # what is corrected is corrected as it is
        assert page.css("img[src=x]") == []
        assert "49" not in (node.text() for node in page.css("h1"))
        assert "\u202e" not in page.text()


async def test_the_card_comes_back_to_the_conversation_and_nowhere_else(desk: Desk, console_client: SignedIn) -> None:
    mei, case = await console_client("handler"), await opened(desk)
    talk = f"/console/talks/{case.conversation_id}"
    card = await mei.page(f"/console/cases/{case.number}/card", back=talk)
    assert talk in (card.css_first("button").attributes["hx-vals"] or "")  # type: ignore[union-attr]
    answer = await mei.post(f"/console/cases/{case.number}/take", {"was": 0, "back": talk})
    assert answer.headers["location"] == talk
    away = await mei.post(f"/console/cases/{case.number}/take", {"was": 0, "back": "https://evil.example/console"})
    assert away.headers["location"] == "/console/"


async def test_a_case_is_opened_at_the_counter_once_however_often_the_form_is_sent(
    desk: Desk, console_client: SignedIn
) -> None:
    mei = await console_client("handler", teams=["north"])
    page = await mei.page("/console/cases/new")
    key = page.css_first("[name=key]").attributes["value"]  # type: ignore[union-attr]
    who = {"whose": "nobody", "name": "Mr Ong", "phone": "+65 9000", "way": "counter"}
    what = {"category": "staff", "severity": "high", "story": "Nobody would help me."}
    form = {"key": key, **who, **what, "mine": "yes", "team": await team_of(desk, "north")}
    answers = [await mei.post("/console/cases/new", form) for _ in range(2)]
    assert len({answer.headers["location"] for answer in answers}) == 1
    case = await mei.page(answers[0].headers["location"])
    assert {"Mr Ong", "Shop counter"} <= {node.text(strip=True) for node in case.css(".fact-value")} | {
        word for node in case.css(".fact-value") for word in (node.text().split(" staff")[0].strip(),)
    }
    empty = await mei.post("/console/cases/new", {**form, "key": "0" * 16, "story": " "})
    assert empty.status_code == 422
    assert "Mr Ong" in empty.text
    async with desk.store.reading() as crm:
        assert len(list(await crm.session.scalars(select(CaseFact.id).filter_by(name="phone")))) == 1
