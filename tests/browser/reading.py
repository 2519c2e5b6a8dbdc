"""What a shopper sees of the chat, as locators."""

from playwright.async_api import Frame, FrameLocator, Locator, Page, expect

UNFINISHED = ".progress[data-state=sending], .progress[data-state=failed]"

View = Page | Frame | FrameLocator


def field(view: View) -> Locator:
    return view.locator("#message")


def mine(view: View) -> Locator:
    return view.locator(".message.mine .words")


def theirs(view: View) -> Locator:
    return view.locator(".message.theirs .words")


async def write(view: View, text: str) -> None:
    await field(view).fill(text)
    await field(view).press("Enter")


async def said(view: View, text: str) -> None:
    """Write, and wait until it is acknowledged."""
    await write(view, text)
    await expect(mine(view).last).to_have_text(text)
    await expect(view.locator(UNFINISHED)).to_have_count(0)


async def is_sent(view: View, *texts: str) -> None:
    """The shopper's own messages are these, and every one has been acknowledged."""
    await expect(mine(view)).to_have_text(list(texts))
    await expect(view.locator(UNFINISHED)).to_have_count(0)
