"""The room of segments: built in a form or written as text, counted, saved in versions, by marketers alone."""

from typing import Any

import pytest

from console.segments.tree import expression_of, tree_of
from crm_store.loyalty.tiers import Tier
from crm_store.segments.expression import Expression, normal
from crm_store.segments.text import from_text
from tests.console.conftest import Desk, SignedIn, text_of
from tests.console.test_admin_calendars import HOSTILE, deeds
from tests.store.crowd import Crowd

GOLD = {"at": ["r.0"], "field-r.0": "tier", "was-r.0": "tier", "op-r.0": "in", "value-r.0": ["gold"]}


def form(**changes: Any) -> dict[str, Any]:
    return {"name": "Gold", "purpose": "Regulars", "mode": "form", "seen": "0", "join-r": "all", **GOLD, **changes}


def text(said: str, **changes: Any) -> dict[str, Any]:
    return {"name": "Gold", "purpose": "", "mode": "text", "text": said, "seen": "0", **changes}


@pytest.fixture
async def crowd(desk: Desk) -> Crowd:
    made = Crowd(desk.store)
    for rank, code in enumerate(("member", "gold")):
        name = {"en": code.title(), "zh": code}
        await made.keep(Tier(code=code, rank=rank, name=name, threshold_cents=rank, benefits={}))
    await made.customer("Ann Lim", tier="gold", birth_date=None)
    await made.customer("Bo Tan")
    return made


async def test_a_segment_is_built_in_the_form_saved_counted_and_listed(
    crowd: Crowd, desk: Desk, console_client: SignedIn
) -> None:
    mara = await console_client("marketer")
    assert (await mara.post("/console/segments/new", form())).headers["location"] == "/console/segments/1"
    listed = text_of(await mara.page("/console/segments"), "main")
    assert "Gold" in listed
    assert "tier = gold" in listed
    assert "1counted" in listed.replace(" ", "")
    page = await mara.page("/console/segments/1")
    assert page.css_first("#field-r\\.0 option[selected][value=tier]") is not None
    assert page.css_first("input[name='value-r.0'][value='gold'][type=checkbox][checked]") is not None
    assert [detail["question"] for _, detail in await deeds(desk, "segment")] == ["tier = gold"]


async def test_the_count_shows_members_some_names_and_the_readable_text(crowd: Crowd, console_client: SignedIn) -> None:
    mara = await console_client("marketer")
    shown = (await mara.post("/console/segments/count", form())).text
    assert 'class="figure">1<' in shown
    assert "Ann Lim" in shown
    assert "Bo Tan" not in shown
    assert "tier = gold" in shown
    assert "/console/customers/" not in shown


async def test_a_supervisor_may_go_on_to_the_customer(crowd: Crowd, console_client: SignedIn) -> None:
    ada = await console_client("supervisor")
    assert f"/console/customers/{crowd.ids['Ann Lim']}" in (await ada.post("/console/segments/count", form())).text


async def test_what_is_missing_is_said_and_nothing_is_counted(console_client: SignedIn) -> None:
    mara = await console_client("marketer")
    shown = (await mara.post("/console/segments/count", form(**{"value-r.0": []}))).text
    assert "Tier: choose at least one." in shown
    answer = await mara.post("/console/segments/new", form(**{"value-r.0": []}))
    assert answer.status_code == 422
    assert "Tier: choose at least one." in answer.text
    assert "No segment yet" in text_of(await mara.page("/console/segments"), "main")


async def test_a_text_is_saved_as_it_reads_and_a_mistake_names_its_place(console_client: SignedIn) -> None:
    mara = await console_client("marketer")
    wrong = await mara.post("/console/segments/new", text("tier = gold and\n  spend(90 days) > 1"))
    assert wrong.status_code == 422
    assert "Line 2, column 3" in wrong.text
    assert "There is no field “spend”. Did you mean: spent" in wrong.text
    said = "tier = gold and (spent(90 days) >= 100.00 or not has_email)"
    assert (await mara.post("/console/segments/new", text(said))).status_code == 303
    assert "not has_email" in text_of(await mara.page("/console/segments"), ".segment-line")


async def test_buttons_add_and_remove_conditions_and_groups(console_client: SignedIn) -> None:
    mara = await console_client("marketer")

    async def built(deed: str, **changes: Any) -> str:
        return (await mara.post(f"/console/segments/build?deed={deed}", form(**changes))).text

    assert (await built("add:r")).count('class="segment-row"') == 2
    grouped = await built("group:r")
    assert 'id="group-r.1"' in grouped
    assert 'id="row-r.1.0"' in grouped
    assert "Without a condition everybody belongs to it" in await built("remove:r.0")
    assert (await built("remove:r.7")).count('class="segment-row"') == 1
    assert (await built("nonsense")).count('class="segment-row"') == 1


async def test_another_field_begins_the_condition_anew(console_client: SignedIn) -> None:
    mara = await console_client("marketer")
    answer = await mara.post("/console/segments/build", form(**{"field-r.0": "spent"}))
    assert 'name="within-r.0"' in answer.text
    assert 'value="&gt;=" selected' in answer.text


async def test_one_goes_from_form_to_text_and_back(console_client: SignedIn) -> None:
    mara = await console_client("marketer")
    as_text = (await mara.post("/console/segments/build?deed=mode:text", form())).text
    assert ">tier = gold</textarea>" in as_text
    said = text("tier = gold or (age between 18 and 30 and not has_email)")
    as_form = (await mara.post("/console/segments/build?deed=mode:form", said)).text
    assert 'id="row-r.1.1"' in as_form
    refused = (await mara.post("/console/segments/build?deed=mode:form", text("tier = "))).text
    assert "Something is missing here" in refused
    assert "<textarea" in refused


async def test_another_question_is_a_new_version_that_can_be_taken_back(desk: Desk, console_client: SignedIn) -> None:
    mara = await console_client("marketer")
    await mara.post("/console/segments/new", form())
    assert (await mara.post("/console/segments/1", text("has_email", seen="1"))).status_code == 303
    page = await mara.page("/console/segments/1", **{"from": 1})
    assert "This is the question of version 1" in text_of(page, "main")
    assert "Version 2" in text_of(page, ".versions")
    _, detail = (await deeds(desk, "segment"))[-1]
    assert (detail["from"]["question"], detail["to"]["question"]) == ("tier = gold", "has_email")


async def test_the_second_of_two_editors_sees_what_the_first_has_saved(console_client: SignedIn) -> None:
    mara, ada = await console_client("marketer"), await console_client("admin")
    await mara.post("/console/segments/new", form())
    await mara.post("/console/segments/1", text("has_email", seen="1"))
    answer = await ada.post("/console/segments/1", text("has_phone", seen="1"))
    assert answer.status_code == 409
    assert "has_email" in answer.text
    assert ">has_phone</textarea>" in answer.text
    assert (await ada.post("/console/segments/1", text("has_phone", seen="2"))).status_code == 303


async def test_a_name_is_needed_and_taken_once(console_client: SignedIn) -> None:
    mara = await console_client("marketer")
    assert "Give it a name" in (await mara.post("/console/segments/new", form(name="  "))).text
    await mara.post("/console/segments/new", form())
    assert "Choose another name" in (await mara.post("/console/segments/new", form())).text


async def test_an_archived_segment_rests_apart_and_comes_back(desk: Desk, console_client: SignedIn) -> None:
    mara = await console_client("marketer")
    await mara.post("/console/segments/new", form())
    for _ in range(2):
        assert (await mara.post("/console/segments/1/archive")).status_code == 303
    assert "No segment yet" in text_of(await mara.page("/console/segments"), "main")
    assert "Gold" in text_of(await mara.page("/console/segments", archived="true"), ".list")
    await mara.post("/console/segments/1/restore")
    assert "Gold" in text_of(await mara.page("/console/segments"), ".list")
    assert [action for action, _ in await deeds(desk, "segment")] == ["added", "archived", "restored"]


async def test_hostile_words_stay_words(crowd: Crowd, console_client: SignedIn) -> None:
    mara = await console_client("marketer")
    await crowd.customer(HOSTILE, tier=HOSTILE)
    hostile = form(name=HOSTILE[:80], purpose=HOSTILE, **{"value-r.0": [HOSTILE[:90]]})
    assert (await mara.post("/console/segments/new", hostile)).status_code == 303
    for shown in (
        (await mara.get("/console/segments")).text,
        (await mara.get("/console/segments/1")).text,
        (await mara.post("/console/segments/count", hostile)).text,
    ):
        assert "<script" not in shown.replace('<script src="/assets', "")


async def test_a_segment_that_is_not_there_is_not_there(console_client: SignedIn) -> None:
    mara = await console_client("marketer")
    for path in ("/console/segments/7", "/console/segments/7?from=2"):
        assert (await mara.get(path)).status_code == 404
    assert (await mara.post("/console/segments/7/archive")).status_code == 404


@pytest.mark.parametrize("role", ["handler"])
async def test_handlers_do_not_enter(console_client: SignedIn, role: str) -> None:
    wei = await console_client(role)
    assert (await wei.get("/console/segments")).status_code == 403
    assert (await wei.post("/console/segments/count", form())).status_code == 403


@pytest.mark.parametrize(
    "said",
    [
        "everybody",
        "tier = gold",
        "not has_email",
        "not age >= 18",
        "not (has_email or has_phone)",
        "not (has_email and has_phone) or everybody and tier = gold",
        "bought(FA101, 30 days) and last_order between 30 and 60 days ago and spent >= 100.00",
    ],
)
def test_a_form_says_what_the_text_says(said: str) -> None:
    question = from_text(said)
    found = expression_of(tree_of(question))
    if found is not None:
        assert normal(found) == normal(question)
    else:
        assert "everybody" in said


def test_types_agree() -> None:
    question: Expression = from_text("has_email")
    assert expression_of(tree_of(question)) == question
