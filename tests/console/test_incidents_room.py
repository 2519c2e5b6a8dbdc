"""Incidents: in sight of whose cases they are, told once in both languages, led by supervisors."""

from sqlalchemy import func, select

from console.incidents.reading import Incidents
from console.live.part import Look
from crm_store.cases.complaints import Complaint
from crm_store.incidents.incidents import Incident
from crm_store.staff.notices import Notice
from crm_store.staff.scope import Scope
from crm_store.talks.outbox import OutboxMessage
from tests.console.conftest import NOW, Desk, SignedIn, text_of
from tests.console.test_inbox import HOSTILE, case_of, team_of
from tests.store.desk_shop import Case

WORDS = {"en": "The lids were faulty.", "zh": "壶盖有问题。"}


async def incident(desk: Desk, *cases: Case, value: str = "KT-1") -> int:
    async with desk.store.transaction() as crm:
        row = Incident(shares="product", value=value, title=value, opened_at=NOW)
        crm.session.add(row)
        await crm.session.flush()
        for case in cases:
            (await crm.session.get_one(Complaint, case.complaint_id)).incident_id = row.id
        return row.id


async def sent(desk: Desk) -> int:
    async with desk.store.reading() as crm:
        return int(await crm.session.scalar(select(func.count()).select_from(OutboxMessage)) or 0)


async def test_an_incident_shows_its_cases_and_counts_those_in_sight_only(desk: Desk, console_client: SignedIn) -> None:
    mei = await console_client("handler", teams=["north"])
    await console_client("handler", teams=["south"])
    mine, theirs = await case_of(desk, "Grace Lim", "north"), await case_of(desk, "Tom Ong", "south")
    shared = await incident(desk, mine, theirs)
    assert "1 case" in text_of(await mei.page("/console/incidents"), f"#incident-{shared}")
    page = await mei.page(f"/console/incidents/{shared}")
    assert mine.number in text_of(page, "#incident-one")
    assert theirs.number not in text_of(page, "main")
    assert page.css_first("#incident-words") is None


async def test_an_incident_of_other_teams_is_not_there_and_in_no_live_part(
    desk: Desk, console_client: SignedIn
) -> None:
    await console_client("handler", teams=["north"])
    tom = await console_client("supervisor", teams=["south"])
    shared = await incident(desk, await case_of(desk, "Grace Lim", "north"))
    assert (await tom.get(f"/console/incidents/{shared}")).status_code == 404
    for deed in ("tell", "preview", "hold", "close", "own"):
        form = {**WORDS, "to": "false", "owner": "0"}
        assert (await tom.post(f"/console/incidents/{shared}/{deed}", form)).status_code == 404
    scope = Scope(0, "supervisor", frozenset({await team_of(desk, "south")}))
    incidents = Incidents(desk.console.frame)
    assert await incidents.live_one(Look(scope, "en", str(shared), NOW)) == ""
    assert "KT-1" not in await incidents.live_list(Look(scope, "en", "open", NOW))
    assert await sent(desk) == 0


async def test_handlers_read_and_supervisors_act(desk: Desk, console_client: SignedIn) -> None:
    mei, ken = await console_client("handler"), await console_client("marketer")
    shared = await incident(desk, await case_of(desk, "Grace Lim"))
    assert (await ken.get("/console/incidents")).status_code == 403
    for deed in ("tell", "preview", "hold", "close", "own", "join", "leave/C1"):
        assert (await mei.post(f"/console/incidents/{shared}/{deed}", {})).status_code == 403


async def test_everybody_is_told_what_was_previewed_in_both_languages_and_it_says_whom_it_did_not_reach(
    desk: Desk, console_client: SignedIn
) -> None:
    wei = await console_client("supervisor")
    shared = await incident(desk, await case_of(desk, "Grace Lim"), await case_of(desk, "Tom Ong"))
    here = f"/console/incidents/{shared}"
    half = await wei.post(f"{here}/preview", {"en": "The lids were faulty.", "zh": "  "})
    assert "in English and in Chinese" in half.text
    preview = await wei.post(f"{here}/preview", WORDS)
    assert "Tell 2 shoppers now?" in preview.text
    assert await sent(desk) == 0
    await wei.post(f"{here}/tell", {"en": WORDS["en"], "zh": ""})
    assert await sent(desk) == 0
    await wei.post(f"{here}/tell", WORDS)
    await wei.post(f"{here}/tell", WORDS)
    assert await sent(desk) == 2
    page = await wei.page(here)
    assert WORDS["zh"] in text_of(page, ".incident-said")
    assert "2 on its way" in text_of(page, "#incident-one .timeline")


async def test_a_case_joins_by_its_number_and_leaves_again(desk: Desk, console_client: SignedIn) -> None:
    wei = await console_client("supervisor")
    first, second = await case_of(desk, "Grace Lim"), await case_of(desk, "Tom Ong")
    here = f"/console/incidents/{await incident(desk, first)}"
    await wei.post(f"{here}/join", {"number": f" {second.number} "})
    assert second.number in text_of(await wei.page(here), "#incident-one")
    left = await wei.post(f"{here}/leave/{second.number}")
    assert "no longer part of it" in left.text
    again = await wei.post(f"{here}/leave/{second.number}")
    assert "no such case" in again.text
    assert second.number not in text_of(await wei.page(here), "#incident-one")


async def test_another_teams_case_cannot_be_taken_in(desk: Desk, console_client: SignedIn) -> None:
    wei = await console_client("supervisor", teams=["south"])
    await console_client("handler", teams=["north"])
    theirs = await case_of(desk, "Grace Lim", "north")
    here = f"/console/incidents/{await incident(desk, await case_of(desk, 'Tom Ong', 'south'))}"
    await wei.post(f"{here}/join", {"number": theirs.number})
    assert theirs.number not in text_of(await wei.page(here), "#incident-one")


async def test_promotions_are_held_let_go_and_an_owner_is_named_until_it_is_closed(
    desk: Desk, console_client: SignedIn
) -> None:
    wei = await console_client("supervisor", name="Wei Zhang")
    shared = await incident(desk, await case_of(desk, "Grace Lim"))
    here = f"/console/incidents/{shared}"
    assert "go on" in (await wei.post(f"{here}/hold", {"to": "false"})).text
    page = await wei.page(here)
    assert text_of(page, "#incident-hold") == "Hold promotions"
    # An answer that is put nowhere still says its toast there.
    assert {each.attributes["hx-target"] for each in page.css("#incident-one [hx-swap=none]")} == {"#toasts"}
    await wei.post(f"{here}/own", {"owner": wei.member.id})
    assert "Wei Zhang" in text_of(await wei.page(here), "#incident-one .stats")
    about = Notice(wei.member.id, "incident:1", "incident", {"incident": shared, "cases": 3, "value": "KT-1"})
    async with desk.store.transaction() as crm:
        await crm.notices.add([about], NOW)
    await wei.post(f"{here}/close")
    async with desk.store.reading() as crm:
        assert await crm.notices.count_unread(wei.member.id) == 0
    assert "No cause is shared" in text_of(await wei.page("/console/incidents"), "main")
    closed = await wei.page(here)
    assert "Closed: its shoppers" in text_of(closed, "main")
    assert closed.css_first("#incident-words") is None
    assert "KT-1" in text_of(await wei.page("/console/incidents", view="closed"), "main")
    await wei.post(f"{here}/tell", WORDS)
    assert await sent(desk) == 0
    assert (await wei.post(f"{here}/close")).status_code == 409


async def test_a_marketer_or_somebody_gone_cannot_look_after_it(desk: Desk, console_client: SignedIn) -> None:
    wei, ken = await console_client("supervisor"), await console_client("marketer")
    shared = await incident(desk, await case_of(desk, "Grace Lim"))
    assert (await wei.post(f"/console/incidents/{shared}/own", {"owner": ken.member.id})).status_code == 404
    assert (await wei.post(f"/console/incidents/{shared}/own", {"owner": 10**9})).status_code == 404


async def test_hostile_words_stay_words(desk: Desk, console_client: SignedIn) -> None:
    wei = await console_client("supervisor")
    shared = await incident(desk, await case_of(desk, HOSTILE), value=HOSTILE)
    await wei.post(f"/console/incidents/{shared}/tell", {"en": HOSTILE, "zh": HOSTILE})
    for path in ("/console/incidents", f"/console/incidents/{shared}"):
        page = await wei.page(path)
        assert not page.css("main img, main script")
        assert "\u202e" not in text_of(page, "main")
    preview = await wei.post(f"/console/incidents/{shared}/preview", {"en": HOSTILE, "zh": HOSTILE})
    assert "<img" not in preview.text
