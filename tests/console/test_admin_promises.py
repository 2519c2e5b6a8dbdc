"""Promise policies and steps of escalation in the console."""

from typing import Any

from crm_store.promises.escalations import Cause
from crm_store.promises.ladders import Step, mark_of
from tests.console.conftest import Desk, SignedIn, text_of
from tests.console.test_admin_calendars import OPENED, deeds, due_of, promised
from tests.promising import Shop


def form(**changes: Any) -> dict[str, Any]:
    """The policy for members of rank, as delivered."""
    times = {"first_answer_h": "2", "first_answer_m": "0", "next_answer_h": "2", "next_answer_m": "0"}
    more = {"resolution_h": "24", "resolution_m": "", "tier": ["gold", "platinum"]}
    return {"rank": "20", "calendar": "desk", "seen": "1", "do": "save", **times, **more, **changes}


async def test_policies_stand_in_the_order_they_are_asked_with_their_conditions(
    desk: Desk, console_client: SignedIn
) -> None:
    await promised(desk)
    wei = await console_client("supervisor")
    shown = text_of(await wei.page("/console/promises"), "main")
    assert shown.index("severe") < shown.index("valued") < shown.index("everyone")
    assert "40 h" in shown
    assert (await wei.post("/console/promises/valued", form())).status_code == 403


async def test_a_change_is_shown_then_saved_and_put_on_running_cases_when_asked(
    desk: Desk, console_client: SignedIn
) -> None:
    await promised(desk)
    case = await Shop(desk.store).case(OPENED, tier="gold")
    before = await due_of(desk, case)
    ada = await console_client("admin")
    shown = await ada.post("/console/promises/valued", form(do="preview", first_answer_h="1"))
    assert "C1" in shown.text
    assert await due_of(desk, case) == before
    await ada.post("/console/promises/valued", form(first_answer_h="1", also_running="true"))
    after = await due_of(desk, case)
    assert after != before
    assert after[0].due_at.strftime("%Y-%m-%dT%H:%M:%SZ") in shown.text
    ((action, detail),) = await deeds(desk, "policy")
    assert (action, detail["from"], detail["to"]) == ("changed", {"first_answer": 120}, {"first_answer": 60})


async def test_the_floor_takes_no_conditions_and_cannot_be_retired(desk: Desk, console_client: SignedIn) -> None:
    await promised(desk)
    ada = await console_client("admin")
    answer = await ada.post("/console/promises/everyone", form(rank="100"))
    assert answer.status_code == 422
    await ada.post("/console/promises/everyone/retire")
    async with desk.store.transaction() as crm:
        floor = [policy for policy in await crm.policies.current() if not policy.conditions]
    assert [policy.name for policy in floor] == ["everyone"]


async def test_any_other_policy_needs_a_condition_a_rank_before_the_floor_and_times_that_are_times(
    desk: Desk, console_client: SignedIn
) -> None:
    await promised(desk)
    ada = await console_client("admin")
    wrong: tuple[dict[str, Any], ...] = (
        {"tier": []},
        {"rank": "100"},
        {"rank": "first"},
        {"first_answer_h": "-1"},
        {"first_answer_h": "0"},
        {"resolution_h": "99999"},
        {"calendar": "nowhere"},
    )
    for changes in wrong:
        assert (await ada.post("/console/promises/valued", form(**changes))).status_code == 422, changes
    empty = {f"{kind}_{unit}": "" for kind in ("first_answer", "next_answer", "resolution") for unit in "hm"}
    assert (await ada.post("/console/promises/valued", form(**empty))).status_code == 422


async def test_a_policy_is_retired_once_and_can_come_back(desk: Desk, console_client: SignedIn) -> None:
    await promised(desk)
    ada = await console_client("admin")
    for _ in range(2):
        assert (await ada.post("/console/promises/valued/retire")).status_code == 303
    assert [action for action, _ in await deeds(desk, "policy")] == ["retired"]
    assert (await ada.post("/console/promises/valued", form(first_answer_h="3"))).status_code == 303
    async with desk.store.transaction() as crm:
        assert "valued" in [policy.name for policy in await crm.policies.current()]


async def test_the_second_of_two_admins_is_told_what_the_first_changed(desk: Desk, console_client: SignedIn) -> None:
    await promised(desk)
    ada, bob = await console_client("admin"), await console_client("admin")
    await ada.post("/console/promises/valued", form(first_answer_h="1"))
    answer = await bob.post("/console/promises/valued", form(resolution_h="17"))
    assert answer.status_code == 409
    assert 'value="17"' in answer.text
    assert "2 h" in answer.text


async def test_steps_of_escalation_are_saved_once_and_audited(desk: Desk, console_client: SignedIn) -> None:
    await promised(desk)
    ada = await console_client("admin")
    seen = mark_of((Step("handler", 60),))
    steps = {"role": ["handler", "", "supervisor"], "minutes": ["20", "", "45"], "seen": seen}
    for _ in range(2):
        assert (await ada.post("/console/escalations/warned", steps)).status_code == 303
    async with desk.store.transaction() as crm:
        assert (await crm.ladders.all())[Cause.WARNED] == (Step("handler", 20), Step("supervisor", 45))
    ((_, detail),) = await deeds(desk, "escalation_steps")
    assert detail == {"from": ["handler 60 min"], "to": ["handler 20 min", "supervisor 45 min"]}


async def test_steps_that_cannot_be_are_named_and_kept(desk: Desk, console_client: SignedIn) -> None:
    await promised(desk)
    ada, wei = await console_client("admin"), await console_client("supervisor")
    steps = {"role": ["handler", "", "supervisor"], "minutes": ["20", "", "soon"]}
    answer = await ada.post("/console/escalations/warned", steps)
    assert answer.status_code == 422
    assert "Level 3" in answer.text
    assert 'value="soon"' in answer.text
    assert (await ada.post("/console/escalations/warned", {"role": ["marketer"], "minutes": ["9"]})).status_code == 422
    stale = {"role": ["admin"], "minutes": ["9"], "seen": "another"}
    assert (await ada.post("/console/escalations/warned", stale)).status_code == 409
    assert (await wei.post("/console/escalations/warned", stale)).status_code == 403
    assert (await ada.get("/console/escalations/never")).status_code == 404
