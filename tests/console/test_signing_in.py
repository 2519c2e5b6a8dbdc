"""Who comes in, who does not, and what a browser holds afterwards."""

from tests.console.conftest import Desk, SignedIn, text_of


async def test_nobody_reads_a_page_before_signing_in(desk: Desk) -> None:
    async with desk.browser() as browser:
        answer = await browser.get("/console/me")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/console/sign-in?next=%2Fconsole%2Fme"


async def test_somebody_signed_in_reads_their_own_room(console_client: SignedIn) -> None:
    mei = await console_client("handler")
    page = await mei.page("/console/me")
    assert text_of(page, "h1") == "My settings"
