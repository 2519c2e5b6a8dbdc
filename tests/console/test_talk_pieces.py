"""The small rules around a conversation: what is asked twice, what nobody sees, what an address may say, files."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.files.vault import Vault
from console.frame.visible import plain, visible
from console.inbox.wanted import Wanted, wanted_in, wanted_of
from console.live.part import ARGUMENT
from console.talk.asked_again import hints_for
from crm_store.cases.attachments import Attachment
from crm_store.queue.queue_filter import View
from tests.console.conftest import Desk, SignedIn
from tests.console.test_inbox import case_of
from tests.store.desk_shop import NOW, DeskShop

FACTS = [("order_number", "WM104233"), ("phone", "+65 8123 4567"), ("wanted", "")]


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("Could you send me your order number?", {"order_number"}),
        ("请问您的订单号是多少？", {"order_number"}),
        ("請提供您的訂單編號", {"order_number"}),
        ("Please tell us your phone number and order number", {"order_number", "phone"}),
        ("Your order number is WM104233, right?", set()),
        ("The order number stands on the receipt.", set()),
        ("What would you like us to do?", set()),
        ("Could you send me a photo?", set()),
    ],
)
def test_a_question_for_what_is_known_is_noticed(text: str, known: set[str]) -> None:
    assert set(hints_for(text, FACTS).known) == known


def test_what_stands_unfilled_is_named_once_and_other_brackets_are_words() -> None:
    hints = hints_for("Dear {name}, [订单编号] and {name} [see below]", [])
    assert hints.unfilled == ("{name}", "[订单编号]")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u202eb", "U+202E"),
        ("a\u200bb", "U+200B"),
        ("a\u0007b", "U+0007"),
        ("a\ufeffb", "U+FEFF"),
        ("a\U000e0041b", "U+E0041"),
    ],
)
def test_signs_that_nobody_sees_are_shown_as_what_they_are(text: str, shown: str) -> None:
    assert shown in visible(text)
    assert plain(text) == "ab"


@pytest.mark.parametrize("text", ["two\nlines", "家庭 👨‍👩‍👧", "❤️", "नमस्ते क्‍ष", "שלום"])
def test_lines_emoji_and_scripts_stay_as_they_are(text: str) -> None:
    assert visible(text) == text


def test_an_address_of_the_inbox_reads_back_as_it_was_written_and_fits_a_live_part() -> None:
    wanted = Wanted(View.ALL, "email", "charge", "high", tag='~"x y|&=', handler=3, after="1|9.5|case|12")
    assert wanted_in(wanted.query) == wanted
    assert ARGUMENT.fullmatch(wanted.query)
    assert wanted_of({"view": "<b>", "handler": "-1", "channel": "x"}) == Wanted()


async def test_a_file_is_served_to_those_who_see_its_conversation_and_runs_nowhere(
    desk: Desk, console_client: SignedIn, tmp_path: Path
) -> None:
    mei, tom = await console_client("handler", teams=["north"]), await console_client("handler", teams=["south"])
    case, other = await case_of(desk, "Grace Lim", "north"), await case_of(desk, "Omar Aziz")
    vault = Vault(tmp_path / "files", reserve=0)
    desk.console.frame.house = replace(desk.console.frame.house, vault=vault)
    digest = await vault.keep(b"<script>alert(1)</script>")
    async with desk.store.transaction() as crm:
        message = await DeskShop(crm).said(case, "", 1)
        crm.session.add(
            Attachment(
                token="t" * 32,
                conversation_id=case.conversation_id,
                interaction_id=message,
                name='"><script>.pdf',
                media_type="application/pdf",
                size=25,
                digest=digest,
                state="kept",
                at=NOW,
            )
        )
    path = f"/console/talks/{case.conversation_id}/files/{'t' * 32}"
    answer = await mei.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert (await tom.get(path)).status_code == 404
    assert (await mei.get(path.replace(f"/{case.conversation_id}/", f"/{other.conversation_id}/"))).status_code == 404
    page = await mei.page(f"/console/talks/{case.conversation_id}")
    assert page.css("main script") == []
