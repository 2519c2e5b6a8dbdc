"""What staff write for each other stays with them: no way leads from a note to a shopper, on no channel."""

import asyncio
import re

import pytest
from sqlalchemy import text

from bot.channels.base import Channel
from bot.channels.recording import RecordingChannel
from bot.conversation.desk.holding import Note
from crm_store.cases.attachments import KeptFile
from crm_store.cases.complaints import Complaint
from crm_store.staff.notes import NoteOn, StaffNote
from crm_store.staff.scope import Scope
from crm_store.tables import metadata
from scheduler.dispatcher import Dispatcher
from tests.conftest import ROOT
from tests.conversation.conftest import Desk

SECRET = "zebra"
MAY_HOLD_IT = {"staff_notes", "conversations", "handoffs"}
"""The note itself; and at the return the bot's own, for an episode and on the record."""
MAY_KNOW_NOTES = {
    "crm_store/crm.py",
    "crm_store/desk/thread.py",
    "crm_store/desk/timeline.py",
    "crm_store/desk/timeline_entry.py",
    "crm_store/privacy/holdings.py",
    "crm_store/staff/notes.py",
    "crm_store/tables.py",
}
"""Who reads or writes notes, outside the console and the demo: what staff are shown, and the list of what an erasure
empties, which keeps them out of every export."""


async def holding(desk: Desk, table: str) -> int:
    async with desk.store.reading() as crm:
        return int(
            await crm.session.scalar(text(f"select count(*) from \"{table}\" t where t::text like '%{SECRET}%'"))
        )


async def noted_everywhere(desk: Desk, talk: int, staff: int) -> None:
    """A note on the conversation, one on its case, one beside a file of the shopper's, and one for the bot."""
    scope = Scope(staff, "handler", frozenset())
    number = await desk.has_case(talk)
    async with desk.store.transaction() as crm:
        case = await crm.complaints.numbered(number)
        assert isinstance(case, Complaint)
        heard = await crm.interactions.readable(talk, 0)
        await crm.attachments.add(talk, heard[0].id, [KeptFile("d" * 64, "image/png", "cup.png", 4)], desk.now())
        await crm.notes.add(scope, NoteOn(conversation_id=talk), f"{SECRET} of the talk", desk.now())
        await crm.notes.add(scope, NoteOn(complaint_id=case.id), f"{SECRET} of the case", desk.now())
        await crm.notes.add(scope, NoteOn(case.id, talk), f"{SECRET} of both", desk.now())
    await desk.takes(staff, talk)
    await desk.answers(staff, "We are on it.", undo_seconds=0)
    async with desk.store.transaction() as crm:
        await desk.holding.hand_back(crm, talk, staff, Note(f"{SECRET} for the bot", tell=False), desk.now())


async def everything_left(desk: Desk) -> None:
    async with asyncio.timeout(30):
        while await unsent(desk):
            await asyncio.sleep(0.02)


async def unsent(desk: Desk) -> int:
    async with desk.store.transaction() as crm:
        waiting = text("select count(*) from outbox_messages where state in ('queued', 'sending')")
        return await crm.inbox.pending() + int(await crm.session.scalar(waiting))


@pytest.mark.parametrize("name", ["recording", "webchat", "telegram", "email"])
async def test_a_staff_note_never_reaches_a_channel(desk: Desk, name: str) -> None:
    """Acceptance check 1: A staff note can never reach a channel, attachments and transcripts included."""
    staff, provider = await desk.has_staff(), RecordingChannel(name, "away")
    lanes: dict[str, Channel] = {f"{name}:away": provider}
    sending = asyncio.create_task(Dispatcher(desk.store, lanes, desk.now, lambda channel, result: None).run())
    kept = await desk.way_in.keep(provider, {"key": "1", "address": "anna", "text": "my cup came broken"})
    assert kept is not None
    await everything_left(desk)
    await noted_everywhere(desk, kept.conversation_id, staff)
    await desk.way_in.keep(provider, {"key": "2", "address": "anna", "text": "what do you know about me"})
    await everything_left(desk)
    sending.cancel()
    assert "We are on it." in provider.texts_to("anna")
    assert SECRET not in repr(provider.sent)
    shown = await desk.threads.read(kept.conversation_id, 0)
    assert len(shown) > 3
    assert SECRET not in repr(shown)
    found = {table.name for table in metadata.sorted_tables if await holding(desk, table.name)}
    assert found == MAY_HOLD_IT


async def test_what_a_handler_wants_told_at_the_return_is_told_and_nothing_else_is(desk: Desk) -> None:
    """Acceptance check 1: A note handed back with the bot reaches the shopper only when the handler says so."""
    staff = await desk.has_staff()
    await desk.says("my cup came broken")
    await desk.replies(1)
    for count, tell in ((1, False), (2, True)):
        await desk.takes(staff)
        async with desk.store.transaction() as crm:
            await desk.holding.hand_back(crm, 1, staff, Note(f"{SECRET} {count}", tell=tell), desk.now())
    async with asyncio.timeout(30):
        while not any(SECRET in each["text"] for each in await desk.thread()):
            await asyncio.sleep(0.02)
    assert [each["text"] for each in await desk.thread() if SECRET in each["text"]] == [f"{SECRET} 2"]


def test_no_table_that_leaves_the_house_knows_of_notes_and_notes_know_of_none() -> None:
    """Acceptance check 1: Notes are a table of their own, and nothing that is sent refers to it."""
    notes = StaffNote.__table__
    refers = {key.column.table.name for key in notes.foreign_keys}
    assert refers == {"complaints", "conversations", "staff"}
    assert [
        table.name for table in metadata.sorted_tables for key in table.foreign_keys if key.column.table is notes
    ] == []
    assert {column.name for column in notes.columns} == {
        "id", "complaint_id", "conversation_id", "staff_id", "text", "at",
    }  # fmt: skip


def test_nothing_that_sends_or_answers_reads_notes() -> None:
    """Acceptance check 1: Neither the bot, its answers, the scheduler nor the API know of notes."""
    told = re.compile(r"\bStaffNotes?\b|\bstaff_notes\b|\bcrm\.notes\b")
    guilty = {
        path.relative_to(ROOT).as_posix()
        for package in ("actions", "bot", "crm_store", "scheduler")
        for path in (ROOT / package).rglob("*.py")
        if told.search(path.read_text("utf-8"))
    }
    assert {name for name in guilty if "/demo/" not in name and "/migrations/" not in name} <= MAY_KNOW_NOTES
