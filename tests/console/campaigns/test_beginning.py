"""The list of campaigns, and how one begins."""

from crm_store.campaigns.moves import Move
from crm_store.plans.programmes import programmes
from tests.console.campaigns.shop import Marketing
from tests.console.conftest import Desk, SignedIn, text_of

HOSTILE = "<img src=x onerror=alert(1)>{{7*7}}\u202e"


async def test_an_empty_list_offers_ready_made_programmes_with_a_sentence_each(console_client: SignedIn) -> None:
    rachel = await console_client("marketer")
    page = await rachel.page("/console/campaigns")
    cards = page.css("ul.campaign-cards > li")
    assert len(cards) >= 6
    assert programmes()["birthday"].about["en"] in text_of(page, "ul.campaign-cards")


async def test_every_programme_is_offered_in_both_languages(console_client: SignedIn) -> None:
    for language in ("en", "zh"):
        rachel = await console_client("marketer", language=language)
        told = text_of(await rachel.page("/console/campaigns/new"), "main")
        assert [each.name for each in programmes().values() if each.title[language] not in told] == []


async def test_a_programme_becomes_a_draft_in_the_makers_language(
    console_client: SignedIn, marketing: Marketing
) -> None:
    rachel = await console_client("marketer", language="zh")
    await marketing.segment()
    answer = await rachel.post("/console/campaigns/new", {"programme": "birthday"})
    assert answer.status_code == 303
    page = await rachel.page(answer.headers["location"])
    assert text_of(page, "h1") == "生日祝福"
    assert page.css_first("#segment_id option[selected]") is not None, "the only segment there is is chosen"


async def test_an_empty_one_needs_a_name_that_is_free_and_a_purpose(console_client: SignedIn) -> None:
    rachel = await console_client("marketer")
    assert (await rachel.post("/console/campaigns/new", {"name": HOSTILE, "purpose": "care"})).status_code == 303
    for data in ({"name": " ", "purpose": "care"}, {"name": HOSTILE, "purpose": "care"}, {"name": "x", "purpose": "?"}):
        answer = await rachel.post("/console/campaigns/new", data)
        assert answer.status_code == 422
        assert "new-problem" in answer.text
    assert "<img src=x" not in (await rachel.get("/console/campaigns")).text


async def test_the_list_is_narrowed_by_state_and_purpose(
    desk: Desk, console_client: SignedIn, marketing: Marketing
) -> None:
    rachel = await console_client("marketer")
    await marketing.segment()
    await marketing.campaign(rachel, "birthday", Move.PAUSE)
    await marketing.campaign(rachel, "purchase_survey")
    both = text_of(await rachel.page("/console/campaigns"), "#campaigns-list table")
    assert "Birthday greeting" in both
    assert "Survey after a purchase" in both
    paused = text_of(await rachel.page("/console/campaigns", view="paused"), "#campaigns-list table")
    assert "Survey" not in paused
    surveys = text_of(await rachel.page("/console/campaigns", purpose="survey"), "#campaigns-list table")
    assert "Birthday" not in surveys


async def test_a_handler_has_no_business_here(console_client: SignedIn) -> None:
    mei = await console_client("handler")
    assert (await mei.get("/console/campaigns")).status_code == 403
    assert (await mei.post("/console/campaigns/new", {"programme": "birthday"})).status_code == 403
