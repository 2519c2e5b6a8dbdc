"""Who got it, who did not and why: the list, one person's answer, how far it has come."""

from datetime import timedelta

from crm_store.campaigns.moves import Move
from crm_store.database import Store
from crm_store.planning.occurrences import Occurrence
from crm_store.planning.touches import Touch
from tests.console.campaigns.shop import Marketing
from tests.console.conftest import NOW, Browser, Desk, SignedIn, text_of
from tests.store.planning.shop import Shop
from tests.touching import trace

HOSTILE = "<img src=x onerror=alert(1)>\u202e%_"


async def fired(store: Store, campaign: int) -> int:
    return await Shop(store, NOW).occurrence(campaign, state="planned")


async def touch(store: Store, firing: int, customer: int, state: str, reason: str = "hours", **more: object) -> None:
    async with store.transaction() as crm:
        steps = [
            {"gate": "no_consent", "passed": True},
            {"gate": "own_preference", "passed": False, "detail": "off birthday"},
            {"gate": "hours", "passed": False, "detail": "Asia/Tokyo", "until": "2026-11-23T01:00:00Z"},
            {"gate": "cap_overall", "passed": False, "detail": "2 in 7 days", "until": "2026-11-24T01:00:00Z"},
        ]
        row = Touch(
            occurrence_id=firing, customer_id=customer, state=state, outcome="suppress", reason=reason,
            channel="telegram", lane="telegram:main", expires_at=NOW + timedelta(days=1), decided_at=NOW,
            policy_version=0, trace_id=await trace(crm, steps), **more,
        )  # fmt: skip
        crm.session.add(row)


async def running(console_client: SignedIn, marketing: Marketing) -> tuple[Browser, int, int]:
    rachel = await console_client("marketer")
    await marketing.segment()
    campaign = await marketing.campaign(rachel, until=Move.BEGIN)
    return rachel, campaign, await fired(marketing.desk.store, campaign)


async def test_people_are_listed_by_outcome_and_reason_and_found_by_name(
    desk: Desk, console_client: SignedIn, marketing: Marketing
) -> None:
    rachel, campaign, firing = await running(console_client, marketing)
    emma, other = await marketing.emma(), await marketing.emma(name=HOSTILE, member_number=None)
    await touch(desk.store, firing, emma, "sent", "allowed", sent_at=NOW)
    await touch(desk.store, firing, other, "suppressed", "own_preference")
    path = f"/console/campaigns/{campaign}/people"
    page = await rachel.page(path)
    assert "Emma Tan" in text_of(page, "table")
    assert "They do not want this" in text_of(page, ".recipient-groups")
    assert "<img src=x" not in (page.html or "")
    only = text_of(await rachel.page(path, state="suppressed", reason="own_preference"), "table")
    assert "Emma" not in only
    assert "U+202E" in only
    assert "Emma" in text_of(await rachel.page(path, q="M10000042"), "table")
    assert "Nobody here" in text_of(await rachel.page(path, q="Nobody %"), "main")


async def test_somebody_it_was_never_planned_for_can_be_asked_about(
    desk: Desk, console_client: SignedIn, marketing: Marketing
) -> None:
    rachel, campaign, firing = await running(console_client, marketing)
    emma = await marketing.emma()
    page = await rachel.page(f"/console/campaigns/{campaign}/people", q="emma")
    link = page.css_first(".recipient-others a")
    assert link is not None
    told = await rachel.page(str(link.attributes["href"]))
    assert "Nothing was planned for them" in text_of(told, ".recipient-verdict")
    now = await rachel.page(f"/console/campaigns/{campaign}/people/{firing}/{emma}/now")
    assert "Does not go" in text_of(now, "#why-now")


async def test_the_gates_are_told_in_plain_words_in_both_languages(
    desk: Desk, console_client: SignedIn, marketing: Marketing
) -> None:
    _, campaign, firing = await running(console_client, marketing)
    emma = await marketing.emma()
    await touch(desk.store, firing, emma, "suppressed", "own_preference")
    words = {
        "en": ("switched off: Birthday", "2 in 7 days", "Their own wishes fit"),
        "zh": ("已关闭：生日", "7 天内 2 条", "符合本人偏好"),
    }
    for language, expected in words.items():
        grace = await console_client("supervisor", language=language)
        page = await grace.page(f"/console/campaigns/{campaign}/people/{firing}/{emma}")
        told = text_of(page, ".gates")
        assert [each for each in expected if each not in told] == []
        machine = ("own_preference", "cap_overall", "no_consent", "off birthday", "Asia/")
        assert [each for each in machine if each in told] == []


async def test_what_nobody_knows_of_is_named_and_settled_by_whoever_found_out(
    desk: Desk, console_client: SignedIn, marketing: Marketing
) -> None:
    rachel, campaign, firing = await running(console_client, marketing)
    emma = await marketing.emma()
    await touch(desk.store, firing, emma, "unknown", "allowed", sent_at=NOW)
    page = await rachel.page(f"/console/campaigns/{campaign}/people/{firing}/{emma}")
    assert page.css_first('form[action$="/settle"]') is not None
    answer = await rachel.post(f"/console/campaigns/{campaign}/people/{firing}/{emma}/settle", {"arrived": "true"})
    assert answer.status_code == 303


async def test_a_person_of_another_campaigns_firing_is_not_there(
    desk: Desk, console_client: SignedIn, marketing: Marketing
) -> None:
    rachel, campaign, firing = await running(console_client, marketing)
    emma = await marketing.emma()
    other = await marketing.campaign(rachel, "welcome")
    assert (await rachel.get(f"/console/campaigns/{other}/people/{firing}/{emma}")).status_code == 404
    assert (await rachel.get(f"/console/campaigns/{campaign}/people/{firing}/999999")).status_code == 404


async def test_progress_says_what_is_planned_sent_waits_and_when_it_is_done(
    desk: Desk, console_client: SignedIn, marketing: Marketing
) -> None:
    rachel, campaign, firing = await running(console_client, marketing)
    for number in range(3):
        state = ("sent", "waiting", "suppressed")[number]
        person = await marketing.emma(name=f"P{number}", member_number=None)
        more = {"sent_at": NOW} if state == "sent" else {"due_at": NOW} if state == "waiting" else {}
        await touch(desk.store, firing, person, state, "hours", **more)
    told = text_of(await rachel.page(f"/console/campaigns/{campaign}"), "#campaign-progress")
    for words in ("1 Sent", "1 Waits", "Outside the allowed hours", "telegram:main", "about a minute"):
        assert words in told
    await rachel.post(f"/console/campaigns/{campaign}/pause", {"why": ""})
    page = await rachel.page(f"/console/campaigns/{campaign}")
    assert "paused" in text_of(page, "#campaign-progress")
    assert text_of(page, "#campaign-ahead") == "One person waits for it and will not get it."
    assert "1 of 2 out" in text_of(await rachel.page("/console/campaigns"), f"#campaign-{campaign}")


async def test_one_that_is_being_planned_says_how_far_it_is(
    desk: Desk, console_client: SignedIn, marketing: Marketing
) -> None:
    rachel, campaign, firing = await running(console_client, marketing)
    await marketing.emma()
    async with desk.store.transaction() as crm:
        (await crm.session.get_one(Occurrence, firing)).state = "due"
        await crm.session.flush()
        assert await crm.occurrences.begin(firing) == 1
    told = text_of(await rachel.page(f"/console/campaigns/{campaign}"), ".campaign-planning")
    assert "0 of 1 parts" in told
    assert "Planning, 0 of 1 parts" in text_of(await rachel.page("/console/campaigns"), f"#campaign-{campaign}")


async def test_planning_that_stands_still_says_so_and_what_happens_next(
    desk: Desk, console_client: SignedIn, marketing: Marketing
) -> None:
    rachel, campaign, firing = await running(console_client, marketing)
    for minutes, stands in ((9, False), (11, True)):
        async with desk.store.transaction() as crm:
            occurrence = await crm.session.get_one(Occurrence, firing)
            occurrence.state, occurrence.fired_at = "due", NOW - timedelta(minutes=minutes)
        told = text_of(await rachel.page(f"/console/campaigns/{campaign}"), ".campaign-planning")
        assert ("Planning stands still. It is tried again by itself" in told) == stands
