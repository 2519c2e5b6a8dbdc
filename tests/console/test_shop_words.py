"""What admins keep: labels and tags, what the bot knows, keys of the API."""

from crm_store.keys import ApiKey
from crm_store.shop.knowledge import Article
from tests.console.conftest import NOW, Desk, SignedIn, text_of

HOSTILE = "<img src=x onerror=alert(1)>"


async def article(desk: Desk) -> None:
    async with desk.store.transaction() as crm:
        text = {"en": "Within 30 days.", "zh": "30 天内。"}
        crm.session.add(Article(topic="returns", text=text, keywords={"en": ["return"]}, changed_at=NOW))


async def test_a_state_gets_the_shops_own_words_and_keeps_its_meaning(desk: Desk, console_client: SignedIn) -> None:
    ada = await console_client("admin")
    await ada.post("/console/labels/investigating", {"en": "On it", "zh": "正在跟进"})
    page = await ada.page("/console/labels")
    assert "On it" in text_of(page, "main")
    assert "Investigating" in text_of(page, "main")
    async with desk.store.transaction() as crm:
        assert (await crm.labels.all())["investigating"]["zh"] == "正在跟进"


async def test_a_label_without_one_language_changes_nothing(desk: Desk, console_client: SignedIn) -> None:
    ada = await console_client("admin")
    await ada.post("/console/labels/investigating", {"en": "On it", "zh": " "})
    async with desk.store.transaction() as crm:
        assert (await crm.labels.all())["investigating"]["en"] == "being looked into"


async def test_a_tag_of_hostile_words_is_words(console_client: SignedIn) -> None:
    ada = await console_client("admin")
    await ada.post("/console/tags", {"code": "vip", "en": HOSTILE, "zh": HOSTILE, "colour": "red"})
    page = await ada.page("/console/labels")
    assert HOSTILE in text_of(page, ".chip")
    assert not page.css("main img")


async def test_the_bot_says_the_new_text_and_the_audit_says_who_changed_it(
    desk: Desk, console_client: SignedIn
) -> None:
    await article(desk)
    ada = await console_client("admin")
    form = {"en": "Within 60 days.", "zh": "60 天内。", "keywords_en": "return\nsend back", "seen": NOW.isoformat()}
    await ada.post("/console/knowledge/returns", form)
    async with desk.store.transaction() as crm:
        assert await crm.knowledge.on("returns") == {"en": "Within 60 days.", "zh": "60 天内。"}
        deeds = await crm.session.execute(Article.__table__.select())
        assert deeds.one().keywords["en"] == ["return", "send back"]


async def test_the_second_of_two_editors_is_told_and_loses_nothing(desk: Desk, console_client: SignedIn) -> None:
    await article(desk)
    ada, bob = await console_client("admin"), await console_client("admin")
    desk.clock.now = NOW.replace(hour=10)
    await ada.post("/console/knowledge/returns", {"en": "A", "zh": "甲", "seen": NOW.isoformat()})
    answer = await bob.post("/console/knowledge/returns", {"en": "My words", "zh": "我的话", "seen": NOW.isoformat()})
    assert answer.status_code == 409
    assert "My words" in answer.text
    async with desk.store.transaction() as crm:
        assert (await crm.knowledge.on("returns"))["en"] == "A"


async def test_a_supervisor_reads_what_the_bot_knows_and_changes_nothing(desk: Desk, console_client: SignedIn) -> None:
    await article(desk)
    wei = await console_client("supervisor")
    assert (await wei.get("/console/knowledge/returns")).status_code == 200
    answer = await wei.post("/console/knowledge/returns", {"en": "A", "zh": "甲", "seen": NOW.isoformat()})
    assert answer.status_code == 403


async def test_a_key_is_shown_once_and_never_again(desk: Desk, console_client: SignedIn) -> None:
    ada = await console_client("admin")
    answer = await ada.post("/console/keys", {"name": "webshop", "scopes": ["customers:read"]})
    key = answer.text.split('id="new-key">')[1].split("<")[0]
    async with desk.store.transaction() as crm:
        found = await crm.api_keys.matching(key, NOW)
    assert isinstance(found, ApiKey)
    assert key not in (await ada.get("/console/keys")).text


async def test_a_revoked_key_works_no_more(desk: Desk, console_client: SignedIn) -> None:
    ada = await console_client("admin")
    answer = await ada.post("/console/keys", {"name": "till", "scopes": ["complaints:write"]})
    key = answer.text.split('id="new-key">')[1].split("<")[0]
    await ada.post(f"/console/keys/{key.split('_')[1]}/revoke")
    async with desk.store.transaction() as crm:
        assert await crm.api_keys.matching(key, NOW) is None


async def test_a_key_needs_a_name_and_a_right_and_a_handler_makes_none(console_client: SignedIn) -> None:
    ada, mei = await console_client("admin"), await console_client("handler")
    assert (await ada.post("/console/keys", {"name": "till"})).status_code == 422
    assert (await ada.post("/console/keys", {"name": "till", "scopes": ["everything"]})).status_code == 422
    assert (await mei.post("/console/keys", {"name": "till", "scopes": ["customers:read"]})).status_code == 403


async def test_the_second_to_rename_a_state_is_told_both_wordings(desk: Desk, console_client: SignedIn) -> None:
    ada, bob = await console_client("admin"), await console_client("admin")
    async with desk.store.transaction() as crm:
        seen = " | ".join((await crm.labels.all())["investigating"].values())
    await ada.post("/console/labels/investigating", {"en": "On it", "zh": "正在跟进", "seen": seen})
    await bob.post("/console/labels/investigating", {"en": "Mine", "zh": "我的", "seen": seen})
    page = await bob.page("/console/labels")
    assert "On it" in text_of(page, ".said")
    assert "Mine" in text_of(page, ".said")
    async with desk.store.transaction() as crm:
        assert (await crm.labels.all())["investigating"]["en"] == "On it"
    again = {"code": "vip", "en": "VIP", "zh": "贵宾", "colour": "red"}
    for _ in range(2):
        assert (await ada.post("/console/tags", again)).status_code == 303
    page = await ada.page("/console/labels")
    tag = page.css_first("form input[name=code][value=vip] ~ input[name=seen]")
    assert tag is not None
    assert tag.attributes["value"] == "VIP | 贵宾 | red"


async def test_a_supervisor_reads_labels_and_keys_and_changes_none(console_client: SignedIn) -> None:
    wei = await console_client("supervisor")
    for path in ("/console/labels", "/console/keys"):
        page = await wei.page(path)
        assert not page.css("main form button")
    assert (await wei.post("/console/labels/closed", {"en": "A", "zh": "甲"})).status_code == 403
    assert (await wei.post("/console/keys", {"name": "till", "scopes": ["customers:read"]})).status_code == 403
