"""A shopper sends photos and files: the real page, contract, intake and store."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from playwright.async_api import FilePayload, Locator, Page, expect
from sqlalchemy import select

from bot.api.body_limit import BodyLimit
from bot.api.errors import install_errors
from bot.channels.webchat import WebChat
from bot.conversation.inbox import WayIn
from bot.conversation.thread import Threads
from bot.files.intake import open_intake
from bot.web.assets import load_web_assets
from bot.web.attachments import AROUND, UPLOADS, attachments_router
from bot.web.desk import WebChatDesk, WebChatLimits
from bot.web.pages import pages_router
from bot.web.webchat import webchat_router
from crm_store.cases.attachments import Attachment
from crm_store.database import Store
from tests.api.conftest import Clock
from tests.browser.conftest import shop_site
from tests.browser.desk import SHOP
from tests.browser.reading import View, field, mine, said
from tests.browser.serving import Serving
from tests.browser.test_reach import violations
from tests.chromium import NewPage
from tests.files import samples

CUP: FilePayload = {"name": "cup.png", "mimeType": "image/png", "buffer": samples.picture("PNG", (320, 200))}
BILL: FilePayload = {"name": "bill.pdf", "mimeType": "application/pdf", "buffer": samples.PDF}


@dataclass
class CareDesk:
    """The real thing behind a port."""

    serving: Serving
    store: Store
    intake: Any

    @property
    def chat(self) -> str:
        return f"{self.serving.url}/chat"

    async def kept(self) -> list[Attachment]:
        async with self.store.transaction() as crm:
            return list((await crm.session.scalars(select(Attachment).order_by(Attachment.id))).all())


@pytest.fixture
async def real(store: Store, tmp_path: Path, shop: Serving) -> AsyncIterator[CareDesk]:
    clock, channel = Clock(), WebChat()
    intake = open_intake(tmp_path / "attachments", 1)
    desk = WebChatDesk(
        WayIn(store, clock, lambda _: None), Threads(store, channel, clock), WebChatLimits(), b"s" * 32, clock
    )
    app = FastAPI()
    app.include_router(pages_router(load_web_assets(SHOP), [shop.url], 1))
    app.include_router(webchat_router(desk))
    app.include_router(attachments_router(desk, intake, clock))
    install_errors(app)
    app.add_middleware(BodyLimit, at={UPLOADS: intake.most + AROUND})
    serving = Serving()
    await serving.start(app)
    yield CareDesk(serving, store, intake)
    await serving.stop()


def pictures(view: View) -> Locator:
    return view.locator(".message.mine .attachment img")


async def choose(view: View, *files: FilePayload) -> None:
    await expect(view.locator("#log")).not_to_have_attribute("aria-busy", "true")
    await view.locator("#file").set_input_files(list(files))


async def is_drawn(picture: Locator) -> None:
    """The bytes have come, and they are a picture."""
    await picture.scroll_into_view_if_needed()
    await expect(picture).to_have_js_property("complete", True)
    assert await picture.evaluate("image => image.naturalWidth") > 0


async def nothing_under_way(view: View) -> None:
    await expect(view.locator(".progress[data-state=sending], .progress[data-state=failed]")).to_have_count(0)


async def test_a_photo_is_chosen_looked_at_sent_and_still_there_after_a_reload(page: Page, real: CareDesk) -> None:
    await page.goto(real.chat)
    async with page.expect_file_chooser() as chosen:
        await page.get_by_role("button", name="Add a photo or file").press("Enter")
    await (await chosen.value).set_files([CUP])
    await is_drawn(page.locator("#tray img"))
    await field(page).fill("The lid is cracked")
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(mine(page)).to_have_text(["The lid is cracked"])
    await is_drawn(pictures(page))
    await nothing_under_way(page)
    await expect(page.locator("#tray li")).to_have_count(0)
    [row] = await real.kept()
    assert (row.state, row.media_type, row.name) == ("kept", "image/png", "cup.png")
    await page.reload()
    await expect(page.get_by_role("img", name="Picture: cup.png")).to_have_count(1)
    await is_drawn(pictures(page))
    await expect(mine(page)).to_have_text(["The lid is cracked"])


async def test_a_photo_without_words_and_several_at_once_are_a_message_each(page: Page, real: CareDesk) -> None:
    await page.goto(real.chat)
    await choose(page, CUP, {**CUP, "name": "saucer.png", "buffer": samples.picture("PNG", (50, 60))})
    await expect(page.locator("#tray li")).to_have_count(2)
    await field(page).press("Enter")
    await expect(pictures(page)).to_have_count(2)
    await nothing_under_way(page)
    assert [row.name for row in await real.kept()] == ["cup.png", "saucer.png"]


async def test_another_file_is_a_button_that_saves_it(page: Page, real: CareDesk) -> None:
    await page.goto(real.chat)
    await choose(page, BILL)
    await field(page).press("Enter")
    await nothing_under_way(page)
    async with page.expect_download() as saved:
        await page.get_by_role("button", name="Save bill.pdf").click()
    download = await saved.value
    assert download.suggested_filename == "bill.pdf"
    assert (await download.path()).read_bytes() == samples.PDF


async def test_a_photo_can_be_pasted_and_dropped(page: Page, real: CareDesk) -> None:
    await page.goto(real.chat)
    arrive = """async ([kind, target]) => {
        const canvas = new OffscreenCanvas(20, 20);
        canvas.getContext("2d").fillRect(2, 2, 9, 9);
        const data = new DataTransfer();
        data.items.add(new File([await canvas.convertToBlob()], "image.png", { type: "image/png" }));
        const how = { bubbles: true, cancelable: true };
        const event = kind === "paste"
            ? new ClipboardEvent("paste", { ...how, clipboardData: data })
            : new DragEvent("drop", { ...how, dataTransfer: data });
        document.querySelector(target).dispatchEvent(event);
    }"""
    await page.evaluate(arrive, ["paste", "#message"])
    await page.evaluate(arrive, ["drop", "#pane"])
    await expect(page.locator("#tray li")).to_have_count(2)
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(pictures(page)).to_have_count(2)
    await nothing_under_way(page)
    assert len(await real.kept()) == 2


async def test_what_is_in_the_tray_can_be_taken_out_again(page: Page, real: CareDesk) -> None:
    await page.goto(real.chat)
    await choose(page, CUP)
    await page.get_by_role("button", name="Remove cup.png").click()
    await expect(page.locator("#tray")).to_be_hidden()
    await field(page).press("Enter")
    await said(page, "never mind")
    assert await real.kept() == []


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (
            {"name": "big.png", "mimeType": "image/png", "buffer": b"x" * 1_048_577},
            "Each may have up to 1 MB",
        ),
        ({"name": "a.svg", "mimeType": "image/svg+xml", "buffer": samples.SVG}, "That kind of file cannot be sent"),
        ({"name": "a.heic", "mimeType": "image/heic", "buffer": samples.HEIC}, "HEIC pictures cannot be sent"),
    ],
)
async def test_what_cannot_be_sent_is_told_at_once(
    page: Page, real: CareDesk, file: FilePayload, sentence: str
) -> None:
    await page.goto(real.chat)
    await choose(page, file)
    await expect(page.get_by_role("alert")).to_contain_text(sentence)
    await expect(page.locator("#tray")).to_be_hidden()
    await choose(page, CUP)
    await expect(page.get_by_role("alert")).to_be_hidden()


async def test_what_the_server_refuses_is_told_and_can_be_removed(page: Page, real: CareDesk) -> None:
    await page.goto(real.chat)
    await page.get_by_role("button", name="中文").click()
    await choose(page, {"name": "page.png", "mimeType": "image/png", "buffer": samples.HTML})
    await field(page).press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("这种文件无法发送")
    await page.get_by_role("button", name="移除", exact=True).click()
    await expect(page.locator(".message")).to_have_count(0)
    assert await real.kept() == []


async def test_a_photo_sent_while_the_desk_is_away_arrives_once_when_it_is_back(page: Page, real: CareDesk) -> None:
    await page.goto(real.chat)
    await said(page, "hello")
    await real.serving.stop()
    await choose(page, CUP)
    await field(page).press("Enter")
    await expect(page.locator(".progress[data-state=sending]")).to_have_count(1)
    await real.serving.start()
    await nothing_under_way(page)
    assert len(await real.kept()) == 1


async def test_a_hostile_name_is_only_a_name(page: Page, real: CareDesk) -> None:
    await page.goto(real.chat)
    await choose(page, {**BILL, "name": "<img src=x onerror=alert(1)>\u202efdp.pdf"})
    await field(page).press("Enter")
    await nothing_under_way(page)
    await page.reload()
    await expect(page.locator(".file-name")).to_have_text("img src=x onerror=alert(1)fdp.pdf")


async def test_photos_work_in_a_shops_own_page(page: Page, real: CareDesk, shop: Serving) -> None:
    await shop.start(shop_site(real.serving.url))
    await page.goto(shop.url)
    await page.get_by_role("button", name="Chat with").click()
    frame = page.frame_locator("iframe")
    await choose(frame, CUP, BILL)
    await field(frame).press("Enter")
    await is_drawn(pictures(frame))
    await nothing_under_way(frame)
    async with page.expect_download() as saved:
        await frame.get_by_role("button", name="Save bill.pdf").click()
    assert (await saved.value).suggested_filename == "bill.pdf"
    assert len(await real.kept()) == 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_with_files_in_tray_and_thread(new_page: NewPage, real: CareDesk, scheme: str) -> None:
    page = await new_page(color_scheme=scheme, bypass_csp=True, reduced_motion="reduce")
    await page.goto(real.chat)
    await choose(page, CUP, BILL)
    await field(page).press("Enter")
    await nothing_under_way(page)
    await choose(page, CUP, {**BILL, "name": "bill.svg", "mimeType": "image/svg+xml"})
    await expect(page.get_by_role("alert")).to_be_visible()
    assert await violations(page) == []
