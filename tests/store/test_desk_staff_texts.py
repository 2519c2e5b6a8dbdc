"""Canned replies and notes: checked when saved, filled in without surprises, seen by one's own teams only."""

import pytest

from crm_store.database import Store
from crm_store.staff.canned import CannedDraft, CannedRefused, filled
from crm_store.staff.notes import NoteOn, NoteRefused
from tests.store.desk_shop import NOW, DeskShop

WORDS = {"en": "Hello {name}, about {number}", "zh": "{name}您好，关于{number}"}
TITLE = {"en": "Hello", "zh": "问候"}


def draft(**changes: object) -> CannedDraft:
    fields: dict[str, object] = {"id": None, "shortcut": "hello", "title": TITLE, "text": WORDS}
    return CannedDraft(**fields | changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"shortcut": "Hello there"}, "shortcut"),
        ({"title": {"en": "Hello"}}, r"title \(zh\)"),
        ({"text": {"en": "Hi {nmae}", "zh": "您好"}}, r"text \(en\): \{nmae\} is not known"),
        ({"text": {"en": "Hi {name", "zh": "您好"}}, "a brace stands alone"),
        ({"text": {"en": "Hi {name.__class__}", "zh": "您好"}}, "is not known"),
    ],
)
async def test_what_is_wrong_with_a_reply_is_named_when_it_is_saved(
    store: Store, changes: dict[str, object], named: str
) -> None:
    async with store.transaction() as crm:
        ann = await DeskShop(crm).staff("Ann", "handler")
        with pytest.raises(CannedRefused, match=named):
            await crm.canned.save(ann, draft(**changes), NOW)


async def test_replies_are_shared_by_all_or_by_a_team(store: Store) -> None:
    async with store.transaction() as crm:
        desk = DeskShop(crm)
        ours, theirs = await desk.team("ours"), await desk.team("theirs")
        ann, tom = await desk.staff("Ann", "handler", ours), await desk.staff("Tom", "handler", theirs)
        everybodys = await crm.canned.save(ann, draft(), NOW)
        own = await crm.canned.save(ann, draft(shortcut="ours", team_id=ours), NOW)
        assert [reply.shortcut for reply in await crm.canned.for_scope(ann)] == ["hello", "ours"]
        assert [reply.shortcut for reply in await crm.canned.for_scope(tom)] == ["hello"]
        with pytest.raises(CannedRefused, match="taken"):
            await crm.canned.save(tom, draft(), NOW)
        with pytest.raises(CannedRefused, match="no such reply"):
            await crm.canned.delete(tom, own.id)
        changed = await crm.canned.save(tom, draft(id=everybodys.id, title={"en": "Hi", "zh": "嗨"}), NOW)
        assert (changed.id, changed.title["en"]) == (everybodys.id, "Hi")
        await crm.canned.delete(tom, changed.id)
        assert await crm.canned.for_scope(tom) == []


def test_a_value_is_data_and_a_missing_one_stays_visible() -> None:
    assert filled(WORDS["en"], {"name": "{number}", "number": "C1"}, "en") == "Hello {number}, about C1"
    assert filled(WORDS["en"], {"name": ""}, "en") == "Hello [customer's name], about [complaint number]"
    assert filled(WORDS["zh"], {}, "zh") == "[顾客姓名]您好，关于[投诉编号]"


async def test_a_note_is_pinned_only_to_what_one_may_see(store: Store) -> None:
    async with store.transaction() as crm:
        desk = DeskShop(crm)
        theirs = await desk.team("theirs")
        ann, tom = await desk.staff("Ann", "handler"), await desk.staff("Tom", "handler", theirs)
        case = await desk.case("Jo", team_id=theirs)
        on = NoteOn(complaint_id=case.complaint_id)
        note = await crm.notes.add(tom, on, "  call back on Monday ", NOW)
        assert [each.text for each in await crm.notes.of(tom, on)] == ["call back on Monday"]
        assert note.staff_id == tom.staff_id
        assert await crm.notes.of(ann, on) == []
        for scope, words, where in ((ann, "hi", on), (tom, "  ", on), (tom, "hi", NoteOn())):
            with pytest.raises(NoteRefused):
                await crm.notes.add(scope, where, words, NOW)
