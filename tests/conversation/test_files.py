"""What shoppers send beside words: fetched whatever breaks, linked to their complaint, and answered in words."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

from bot.channels.base import Channel, Fetched, FetchEnd
from bot.channels.recording import RecordingChannel
from bot.conversation.fetcher import LEASE, RETRY_STEPS, Fetcher
from bot.conversation.inbox import Kept
from bot.conversation.media import form_open
from bot.files.intake import Intake
from bot.files.vault import Vault
from crm_store.cases.attachments import Attachment, AttachmentState
from crm_store.cases.complaints import Complaint, Grievance, Opener
from crm_store.database import open_store
from crm_store.talks.conversations import Change, Control
from crm_store.talks.inbox import InboxEvent, InboxState
from crm_store.talks.interactions import Interaction
from tests.conversation.conftest import Desk
from tests.files import samples

BROKEN_CUP = Grievance("damaged", "normal", "The cup is broken", "a new one", None, "en")
IN_FORM = {"event": "active_loop", "name": "complaint_form"}


@dataclass
class Phone:
    """A shopper at a channel whose provider keeps the files, and the fetcher of this process."""

    desk: Desk
    vault: Vault
    channel: RecordingChannel = field(default_factory=RecordingChannel)
    sent: int = 0

    def fetcher(self, most: int = 1_000_000) -> Fetcher:
        lanes: dict[str, Channel] = {"recording:local": self.channel, "webchat:shop": self.desk.channel}
        return Fetcher(self.desk.store, lanes, Intake(self.vault, most), self.desk.sentences, self.desk.now)

    async def sends(self, content: bytes | None, words: str = "", name: str = "cup.jpg", key: str = "") -> Kept:
        """A file, with words or without; None is one the provider does not have (yet)."""
        self.sent += 1
        reference = f"f{self.sent}"
        if content is not None:
            self.channel.files[reference] = content
        media = [{"ref": reference, "name": name}]
        event = {"key": key or reference, "address": "anna", "kind": "media", "text": words, "media": media}
        kept = await self.desk.way_in.keep(self.channel, event)
        assert kept is not None
        return kept

    async def says(self, words: str) -> Kept:
        self.sent += 1
        kept = await self.desk.way_in.keep(self.channel, {"key": f"m{self.sent}", "address": "anna", "text": words})
        assert kept is not None
        return kept

    async def answered(self) -> list[str]:
        """Everything said to the shopper once every event has had its turn."""
        async with asyncio.timeout(20):
            while True:
                async with self.desk.store.transaction() as crm:
                    waiting = select(func.count()).where(InboxEvent.state == InboxState.PENDING)
                    if not await crm.session.scalar(waiting):
                        break
                await asyncio.sleep(0.02)
        return [row.text for row in await self.rows(Interaction) if row.direction == "out"]

    async def rows(self, model: Any) -> list[Any]:
        async with self.desk.store.transaction() as crm:
            return list((await crm.session.scalars(select(model).order_by(model.id))).all())

    async def attachment(self) -> Attachment:
        [attachment] = await self.rows(Attachment)
        assert isinstance(attachment, Attachment)
        return attachment

    async def complains(self, kept: Kept) -> Complaint:
        async with self.desk.store.transaction() as crm:
            interaction = await crm.interactions.get(kept.interaction_id or 0)
            opener = Opener(interaction.identity_id, None, kept.conversation_id, interaction.id)
            return await crm.complaints.open(opener, BROKEN_CUP, self.desk.now())

    async def held_by(self, control: Control, kept: Kept) -> None:
        async with self.desk.store.transaction() as crm:
            conversation = await crm.conversations.get(kept.conversation_id)
            await crm.conversations.hand(conversation, Change(control, "staff:1", "taken"), self.desk.now())


@pytest.fixture
async def phone(desk: Desk, tmp_path: Path) -> Phone:
    return Phone(desk, Vault(tmp_path / "attachments", reserve=0))


async def test_a_photo_arrives_with_its_message_and_is_kept(phone: Phone) -> None:
    kept = await phone.sends(samples.photo_with_a_place(), name="../cup.png")
    waiting = await phone.attachment()
    assert (waiting.state, waiting.interaction_id, waiting.digest) == ("waiting", kept.interaction_id, "")
    assert await phone.fetcher().fetch_due() == 1
    done = await phone.attachment()
    assert (done.state, done.media_type, done.name, done.tries) == ("kept", "image/jpeg", "cup.jpg", 1)
    assert done.size == phone.vault.path(done.digest).stat().st_size
    assert len(done.token) >= 32
    assert await phone.fetcher().fetch_due() == 0
    assert await phone.answered() == [phone.desk.line("media_kept")]


async def test_the_same_event_five_times_at_once_gives_one_attachment(phone: Phone) -> None:
    kept = await asyncio.gather(*(phone.sends(samples.PDF, key="same") for _ in range(5)))
    assert len({each.interaction_id for each in kept}) == 1
    assert (await phone.attachment()).interaction_id == kept[0].interaction_id
    assert len(await phone.answered()) == 1


async def test_many_processes_share_the_work_and_fetch_each_file_once(phone: Phone) -> None:
    for number in range(12):
        await phone.sends(samples.picture(size=(20 + number, 20)))
    fetched: list[str] = []
    fetch = phone.channel.fetch

    async def noted(provider_ref: str, most: int) -> Fetched:
        fetched.append(provider_ref)
        return await fetch(provider_ref, most)

    phone.channel.fetch = noted  # type: ignore[method-assign]
    rounds = await asyncio.gather(*(phone.fetcher().fetch_due() for _ in range(3)))
    assert sum(rounds) == len(fetched) == len(set(fetched)) == 12
    assert {row.state for row in await phone.rows(Attachment)} == {"kept"}


async def test_a_server_that_fails_is_asked_again_later(phone: Phone) -> None:
    await phone.sends(samples.PDF)
    phone.channel.fetches.append(Fetched(FetchEnd.RETRY, detail="HTTP 500"))
    await phone.fetcher().fetch_due()
    waiting = await phone.attachment()
    assert (waiting.state, waiting.reason, waiting.tries) == ("waiting", "HTTP 500", 1)
    assert await phone.fetcher().fetch_due() == 0
    phone.desk.passed = timedelta(seconds=RETRY_STEPS[0])
    await phone.fetcher().fetch_due()
    done = await phone.attachment()
    assert (done.state, done.reason, done.retry_at) == ("kept", "", None)


async def test_what_never_comes_is_lost_in_the_end_and_the_shopper_is_told(phone: Phone) -> None:
    await phone.sends(None)
    for seconds in (0, *RETRY_STEPS):
        phone.desk.passed += timedelta(seconds=seconds)
        assert await phone.fetcher().fetch_due() == 1
    lost = await phone.attachment()
    assert (lost.state, lost.reason) == ("lost", "lost")
    assert await phone.answered() == [phone.desk.line("media_kept"), phone.desk.line("media_lost", limit="0")]
    phone.desk.passed += timedelta(days=1)
    assert await phone.fetcher().fetch_due() == 0


async def test_an_account_told_to_wait_costs_no_file_a_try(phone: Phone) -> None:
    await phone.sends(samples.PDF)
    for _ in range(30):
        phone.channel.fetches.append(Fetched(FetchEnd.WAIT, retry_after=60, detail="asked to wait"))
        await phone.fetcher().fetch_due()
        phone.desk.passed += timedelta(seconds=60)
    assert (await phone.attachment()).tries == 0
    await phone.fetcher().fetch_due()
    assert (await phone.attachment()).state == "kept"


async def test_a_crash_between_download_and_row_loses_nothing(phone: Phone) -> None:
    await phone.sends(samples.PDF)
    # All that a killed process leaves: its claim, and the bytes.
    async with phone.desk.store.transaction() as crm:
        now = phone.desk.now()
        assert len(await crm.fetching.claim(["recording:local"], now, now + LEASE, 4)) == 1
    digest = await phone.vault.keep(samples.PDF)
    assert await phone.fetcher().fetch_due() == 0
    phone.desk.passed = LEASE
    assert await phone.fetcher().fetch_due() == 1
    done = await phone.attachment()
    assert (done.state, done.digest, done.tries) == ("kept", digest, 2)


async def test_a_file_that_kills_whoever_touches_it_is_given_up(phone: Phone) -> None:
    await phone.sends(samples.PDF)
    for _ in range(len(RETRY_STEPS) + 1):
        async with phone.desk.store.transaction() as crm:
            now = phone.desk.now()
            assert await crm.fetching.claim(["recording:local"], now, now + LEASE, 4)
        phone.desk.passed += LEASE
    await phone.fetcher().fetch_due()
    assert (await phone.attachment()).state == "lost"


async def test_an_end_that_comes_second_changes_nothing(phone: Phone) -> None:
    await phone.sends(samples.PDF)
    await phone.fetcher().fetch_due()
    done = await phone.attachment()
    async with phone.desk.store.transaction() as crm:
        assert await crm.fetching.not_kept(done.id, AttachmentState.LOST, "lost") is None
        await crm.fetching.later(done.id, phone.desk.now(), "late")
    assert (await phone.attachment()).state == "kept"


async def test_the_fetcher_is_woken_by_an_arrival_and_goes_on_after_trouble(phone: Phone) -> None:
    running = asyncio.create_task(phone.fetcher().run())
    try:
        phone.channel.fetches.append(Fetched(FetchEnd.RETRY, detail="HTTP 500"))
        await phone.sends(samples.PDF)
        async with asyncio.timeout(20):
            while (await phone.attachment()).tries == 0:
                await asyncio.sleep(0.02)
            phone.desk.passed = timedelta(minutes=1)
            while (await phone.attachment()).state != "kept":
                await asyncio.sleep(0.02)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (samples.SVG, "kind"),
        (samples.archive(), "kind"),
        (samples.HEIC, "heic"),
        (b"", "empty"),
        (samples.bomb(), "too_many_pixels"),
        (samples.picture("JPEG", (300, 300))[:400], "broken"),
        (samples.PDF + b" " * 2_000_000, "too_large"),
    ],
    ids=["svg", "zip", "heic", "empty", "bomb", "cut off", "too large"],
)
async def test_what_is_refused_is_told_in_the_shoppers_language_with_what_works(
    phone: Phone, content: bytes, reason: str
) -> None:
    await phone.says("我的杯子碎了，怎么办")
    await phone.answered()
    await phone.sends(content)
    await phone.fetcher(most=1024 * 1024).fetch_due()
    refused = await phone.attachment()
    assert (refused.state, refused.reason, refused.digest) == ("refused", reason, "")
    assert phone.desk.line(f"media_{reason}", "zh", limit="1") in await phone.answered()


async def test_an_album_that_is_refused_is_told_of_once(phone: Phone) -> None:
    for _ in range(3):
        await phone.sends(samples.HEIC)
        await phone.fetcher().fetch_due()
    assert (await phone.answered()).count(phone.desk.line("media_heic", limit="0")) == 1


async def test_an_album_is_answered_once_and_a_later_photo_again(phone: Phone) -> None:
    for number in range(4):
        await phone.sends(samples.picture(size=(30, 30 + number)))
    assert await phone.answered() == [phone.desk.line("media_kept")]
    phone.desk.passed = timedelta(minutes=1)
    await phone.sends(samples.picture(size=(90, 90)))
    assert await phone.answered() == [phone.desk.line("media_kept")] * 2


async def test_a_photo_with_words_is_understood_by_its_words(phone: Phone) -> None:
    await phone.sends(samples.picture(), words="The lid is cracked")
    assert await phone.answered() == ["bot: The lid is cracked"]


async def test_a_photo_sent_while_a_complaint_is_open_belongs_to_the_newest_open_one(phone: Phone) -> None:
    first = await phone.complains(await phone.says("It is broken again"))
    second = await phone.complains(await phone.says("And the second one too"))
    await phone.answered()
    await phone.sends(samples.picture())
    assert (await phone.attachment()).complaint_id == second.id
    assert (await phone.answered())[-1] == phone.desk.line("media_for_case", number=second.number)
    async with phone.desk.store.transaction() as crm:
        assert [each.id for each in await crm.attachments.of_complaint(second.id)] == [1]
        assert await crm.attachments.of_complaint(first.id) == []
        await crm.session.execute(text("update complaints set closed_at = now()"))
    phone.desk.passed = timedelta(minutes=1)
    await phone.sends(samples.picture())
    assert [row.complaint_id for row in await phone.rows(Attachment)] == [second.id, None]


async def test_photos_sent_before_the_complaint_was_complete_belong_to_it_and_older_ones_do_not(phone: Phone) -> None:
    await phone.sends(samples.picture(size=(10, 10)))
    phone.desk.passed = timedelta(hours=2, minutes=1)
    await phone.sends(samples.picture(size=(20, 20)))
    complaint = await phone.complains(await phone.says("so this is my complaint"))
    assert [row.complaint_id for row in await phone.rows(Attachment)] == [None, complaint.id]
    await phone.complains(await phone.says("and a second one"))
    assert [row.complaint_id for row in await phone.rows(Attachment)] == [None, complaint.id]


async def test_within_the_complaint_form_the_question_stands_with_its_buttons(phone: Phone) -> None:
    button = {"title": "No order", "payload": "/inform{}"}
    phone.desk.bot.reply = lambda question: [{"text": "Which order is it about?", "buttons": [button], "custom": None}]
    kept = await phone.says("my cup is broken, I complain")
    await phone.answered()
    async with phone.desk.store.transaction() as crm:
        await crm.conversations.remember(kept.conversation_id, [IN_FORM], phone.desk.now())
    await phone.sends(samples.picture())
    standing = f"{phone.desk.line('media_for_form')}\n\nWhich order is it about?"
    assert (await phone.answered())[-1] == standing
    phone.desk.passed = timedelta(minutes=1)
    await phone.sends(samples.picture())
    assert (await phone.answered())[-1] == standing
    said = (await phone.rows(Interaction))[-1]
    assert [(choice["label"], choice["payload"]) for choice in said.choices] == [("No order", "/inform{}")]
    async with phone.desk.store.transaction() as crm:
        assert (await crm.conversations.get(kept.conversation_id)).dialogue == [IN_FORM]
    assert len(phone.desk.bot.asked) == 1


async def test_while_a_person_holds_the_conversation_files_arrive_and_are_refused_silently(phone: Phone) -> None:
    await phone.held_by(Control.PERSON, await phone.says("hello to everyone"))
    before = await phone.answered()
    await phone.sends(samples.picture())
    await phone.sends(samples.SVG)
    await phone.fetcher().fetch_due()
    assert await phone.answered() == before
    assert [row.state for row in await phone.rows(Attachment)] == ["kept", "refused"]


async def test_staff_and_thread_are_told_when_a_file_is_there(phone: Phone) -> None:
    complaint = await phone.complains(await phone.says("It is broken again"))
    kept = await phone.sends(samples.picture())
    heard: list[tuple[str, int]] = []
    topics = ("thread", "talk", "case")
    with phone.desk.store.signals.listening_to({t: lambda n, t=t: heard.append((t, n)) for t in topics}):  # type: ignore[misc]
        await phone.fetcher().fetch_due()
    assert {("thread", kept.conversation_id), ("talk", kept.conversation_id), ("case", complaint.id)} <= set(heard)


async def test_a_lane_that_is_not_ours_is_left_to_others(phone: Phone, database_url: str) -> None:
    await phone.sends(samples.PDF)
    other = open_store(database_url, pool=2)
    lanes: dict[str, Channel] = {"webchat:shop": phone.desk.channel}
    fetcher = Fetcher(other, lanes, Intake(phone.vault, 1000), phone.desk.sentences, phone.desk.now)
    assert await fetcher.fetch_due() == 0
    await other.close()


@pytest.mark.parametrize(
    ("dialogue", "form"),
    [
        ([], ""),
        ([IN_FORM], "complaint_form"),
        ([IN_FORM, {"event": "slot", "name": "x", "value": 1}], "complaint_form"),
        ([IN_FORM, {"event": "active_loop", "name": None}], ""),
        ([IN_FORM, {"event": "active_loop"}], ""),
        ([IN_FORM, {"event": "session_started"}], ""),
        ([{}, IN_FORM], "complaint_form"),
    ],
)
def test_which_form_is_open_is_read_from_what_the_bot_remembers(dialogue: list[dict[str, Any]], form: str) -> None:
    assert form_open(dialogue) == form
