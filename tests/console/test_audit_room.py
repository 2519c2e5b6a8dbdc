"""The audit in words: cases by number, customers and colleagues by name, values as they are called."""

from crm_store.staff.audit import Deed
from tests.console.conftest import NOW, Desk, SignedIn, text_of
from tests.console.test_inbox import case_of


async def test_the_audit_names_cases_people_and_what_changed(desk: Desk, console_client: SignedIn) -> None:
    mei = await console_client("handler", name="Mei Tan", teams=["north"])
    case = await case_of(desk, "Grace Lim", "north")
    path = f"/console/cases/{case.number}"
    await mei.page(path)
    await mei.post(f"{path}/take", {"was": 0})
    async with desk.store.transaction() as crm:
        found = await crm.complaints.numbered(case.number)
        assert found is not None
        await crm.audit.viewed(mei.member.id, "customer", found.customer_id or 0, NOW)
        moved = {"from": "acknowledged", "to": "investigating"}
        crm.audit.note(Deed(mei.member.id, "moved", "complaint", str(found.id), moved), NOW)
        detail = {"kind": "points", "amount": 300, "cost": 300, "case": found.id, "extra": None}
        crm.audit.note(Deed(mei.member.id, "granted", "remedy", "7", detail), NOW)
    ada = await console_client("admin")
    page = await ada.page("/console/audit")
    told = text_of(page, "tbody")
    for words in ("from nobody to Mei Tan", "taken up → being looked into", "300 points", "cost: 3.00"):
        assert words in told
    assert "None" not in told
    links = {link.text(): link.attributes["href"] for link in page.css("tbody a")}
    assert links[case.number] == path
    assert links["Grace Lim"] == f"/console/customers/{found.customer_id}"
    by_number = await ada.page("/console/audit", subject_id=case.number.lower())
    assert "from nobody to Mei Tan" in text_of(by_number, "tbody")
    assert "Grace Lim" not in text_of(by_number, "tbody")


async def test_another_teams_case_has_no_number_and_no_link(desk: Desk, console_client: SignedIn) -> None:
    mei = await console_client("handler", teams=["north"])
    tom = await console_client("supervisor", teams=["south"])
    case = await case_of(desk, "Grace Lim", "north")
    await mei.page(f"/console/cases/{case.number}")
    page = await tom.page("/console/audit", subject="complaint")
    assert "looked at it" in text_of(page, "tbody")
    assert case.number not in text_of(page, "tbody")
    assert page.css("tbody a") == []
