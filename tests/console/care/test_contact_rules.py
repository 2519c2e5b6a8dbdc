"""The rules for writing in the console: read by marketers, changed by leaders, a change seen before it holds."""

from typing import Any

from selectolax.lexbor import LexborHTMLParser

from crm_store.campaigns.campaign_writes import By
from crm_store.decision.message import Policy
from crm_store.people.consent import Purpose
from crm_store.staff.audit import AuditWanted
from tests.console.conftest import NOW, Desk, SignedIn, text_of

PAGE = "/console/contact-rules"
HOSTILE = "<img src=x onerror=alert(1)>"


def form_of(page: LexborHTMLParser, **changes: Any) -> dict[str, list[str]]:
    """What a browser would send back untouched, with `changes`."""
    form = page.css_first(f"form[action='{PAGE}']")
    assert form is not None
    sent: dict[str, list[str]] = {}
    for field in form.css("input[name], select[name], textarea[name]"):
        named = field.attributes
        if named.get("type") == "checkbox" and "checked" not in named:
            continue
        chosen = field.css_first("option[selected]") or field.css_first("option")
        value = (chosen.attributes.get("value") if chosen else named.get("value")) or ""
        sent.setdefault(named["name"] or "", []).append(field.text() if field.tag == "textarea" else value)
    return sent | {name: value if isinstance(value, list) else [value] for name, value in changes.items()}


async def rules(desk: Desk) -> Policy:
    async with desk.store.reading() as crm:
        return await crm.contact_policies.current()


async def test_a_form_sent_back_untouched_changes_nothing(desk: Desk, console_client: SignedIn) -> None:
    wei = await console_client("supervisor")
    before = await rules(desk)
    answer = await wei.post(PAGE, form_of(await wei.page(PAGE), do="save"))
    assert answer.status_code == 303
    assert await rules(desk) == before
    assert "Nothing has changed." in (await wei.get(PAGE)).text


async def test_a_change_is_seen_before_it_holds_and_is_written_down(desk: Desk, console_client: SignedIn) -> None:
    wei = await console_client("supervisor")
    sent = form_of(await wei.page(PAGE), hours_promotion=["10:00", "20.30"], gap="48", quiet=["promotion"])
    sent |= {
        "count": ["4", "1", "2"],
        "holidays": ["2026-12-25\n2027-01-01"],
        "target": ["overall", "purpose:promotion", "channel:email"],
    }
    sent |= {"length": ["7", "10", "12"], "unit": ["days", "days", "hours"]}
    before = await rules(desk)
    tried = LexborHTMLParser((await wei.post(PAGE, sent)).text)
    said = text_of(tried, "#preview")
    for words in ("10:00–20:30", "at most 4 in 7 days", "at most 1 in 10 days", "at most 2 in 12 hours", "48 hours"):
        assert words in said
    assert await rules(desk) == before
    await wei.post(PAGE, form_of(tried, do="save"))
    after = await rules(desk)
    assert (after.hours[Purpose.PROMOTION], sorted(after.holidays)) == (
        ("10:00", "20:30"),
        ["2026-12-25", "2027-01-01"],
    )
    assert after.version == before.version + 1
    async with desk.store.reading() as crm:
        [deed] = await crm.audit.entries(AuditWanted(subject="contact_policy"))
    assert deed.detail["gap_hours"] == {"from": 24, "to": 48}


async def test_what_is_wrong_is_named_all_at_once_and_everything_typed_is_kept(
    desk: Desk, console_client: SignedIn
) -> None:
    wei = await console_client("supervisor")
    before = await rules(desk)
    wrong: dict[str, Any] = {"hours_care": ["nine", "21:00"], "gap": "-1", "age_promotion": "1e9", "holidays": HOSTILE}
    wrong |= {"count": ["many"], "target": ["overall"], "length": ["7"], "unit": ["days"], "do": "save"}
    answer = await wei.post(PAGE, form_of(await wei.page(PAGE), **wrong))
    assert answer.status_code == 422
    page = LexborHTMLParser(answer.text)
    named = {field.attributes["id"] for field in page.css(".problem[id]")}
    assert named == {f"{each}-problem" for each in ("hours_care", "gap", "age_promotion", "holidays", "cap_0")}
    for kept in ("nine", "-1", "1e9", "many"):
        assert kept in answer.text
    assert HOSTILE not in answer.text
    assert await rules(desk) == before


async def test_hours_that_allow_nothing_and_zones_that_are_not_there_are_named(
    desk: Desk, console_client: SignedIn
) -> None:
    wei = await console_client("supervisor")
    for name, change in (("unsure", {"unsure": ["09:00", "09:00"]}), ("zone", {"zone": "Mars/Olympus"})):
        answer = await wei.post(PAGE, form_of(await wei.page(PAGE), do="save", **change))
        assert answer.status_code == 422
        assert f'id="{name}-problem"' in answer.text


async def test_nobody_undoes_what_somebody_else_changed_meanwhile(desk: Desk, console_client: SignedIn) -> None:
    wei = await console_client("supervisor")
    sent = form_of(await wei.page(PAGE), gap="36", do="save")
    async with desk.store.transaction() as crm:
        await crm.contact_policies.change({"gap_hours": 12}, By(None, NOW))
    answer = await wei.post(PAGE, sent)
    assert answer.status_code == 409
    assert "12 hours" in text_of(LexborHTMLParser(answer.text), ".notice")
    assert (await rules(desk)).gap.total_seconds() == 12 * 3600
    await wei.post(PAGE, form_of(LexborHTMLParser(answer.text), do="save"))
    assert (await rules(desk)).gap.total_seconds() == 36 * 3600


async def test_an_older_version_can_be_started_from(desk: Desk, console_client: SignedIn) -> None:
    wei = await console_client("supervisor")
    async with desk.store.transaction() as crm:
        await crm.contact_policies.ensure("Asia/Singapore", NOW)
        await crm.contact_policies.change({"gap_hours": 12}, By(None, NOW))
    first = form_of(await wei.page(f"{PAGE}?from=0"))
    assert (first["gap"], first["seen"]) == (["24"], ["1"])
    assert (await wei.get(f"{PAGE}?from=77")).status_code == 404


async def test_a_marketer_reads_them_and_changes_nothing(desk: Desk, console_client: SignedIn) -> None:
    mara = await console_client("marketer")
    page = await mara.page(PAGE)
    assert page.css_first("button[name=do]") is None
    assert (await mara.post(PAGE, form_of(page, gap="0", do="save"))).status_code == 403
