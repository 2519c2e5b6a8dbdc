"""Everything the page of one conversation shows, read in one transaction."""

from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from console.frame.visible import plain
from console.frame.visit import Visit
from console.inbox.choices import colleagues_of
from console.inbox.lines import Lines
from console.inbox.listing import BESIDE_A_TALK, NARROW_LINE, TABS, listed
from console.inbox.wanted import CATEGORIES, Wanted
from console.talk.canned import canned_for
from console.talk.desk import Desk
from console.talk.readiness import readiness_of
from console.talk.reading import Head, clocks_of, facts_of, handoff_of, head_of, thread_of
from crm_store.cases.grievance_words import category_of, severity_of
from crm_store.crm import Crm
from crm_store.desk.handoffs import HandoffRecord
from crm_store.desk.thread import Thread

LONGEST = 4000
"""Characters of one reply: the shortest limit among the channels is 4096."""


@dataclass(frozen=True)
class CaseDraft:
    """What a new case says before anybody has changed it; the same `key` opens one case and no second."""

    key: str
    category: str
    severity: str
    story: str
    wanted: str
    order: str


async def page_of(desk: Desk, crm: Crm, visit: Visit, conversation_id: int, wanted: Wanted) -> dict[str, Any]:
    """The values of ``talk/talk.html``. Raises `NotThere`. Whoever looks is written down."""
    head = await head_of(crm, visit.scope, conversation_id, visit.now)
    await crm.audit.viewed(visit.staff.id, "conversation", conversation_id, visit.now)
    thread = await thread_of(crm, visit.scope, conversation_id)
    handoff = await handoff_of(crm, head.conversation)
    today = visit.now.astimezone(desk.frame.house.zone).date()
    first = next((item.id for item in thread.items if not item.is_note), 0)
    messages = [item.id for item in thread.items if not item.is_note]
    beside = await listed(crm, visit.scope, wanted, visit.now, BESIDE_A_TALK)
    return {
        "head": head,
        "clocks": {case.complaint_id: await clocks_of(crm, case.complaint_id or 0) for case in head.open_cases[:3]},
        "thread": thread,
        "argument": f"{conversation_id},from={first}",
        "last_seen": messages[-1] if messages else 0,
        "handoff": handoff,
        "panel": await crm.timelines.panel_of_address(visit.scope, head.identity.id, visit.now, today),
        "states": await crm.labels.all(),
        "beside": beside,
        "lines": Lines(desk.frame).drawn(NARROW_LINE, visit.language, beside.rows, wanted, visit.now),
        "colleagues": await colleagues_of(crm),
        "canned": await canned_for(crm, visit, head, await facts_of(crm, head, handoff)),
        "draft": _draft(head, thread, handoff),
        **await readiness_of(desk, crm, conversation_id, visit.now),
        "company": [],
        "wanted": wanted,
        "tabs": TABS,
        "me": visit.staff.id,
        "now": visit.now,
        "categories": CATEGORIES,
        "longest": LONGEST,
        "zone": desk.frame.house.zone.key,
    }


def _draft(head: Head, thread: Thread, handoff: HandoffRecord | None) -> CaseDraft:
    """What the shopper said last, and what is known already."""
    said = [plain(item.text) for item in thread.items if item.direction == "in" and item.text][-3:]
    facts = {str(fact["name"]): plain(str(fact["value"])) for fact in (handoff.facts if handoff else [])}
    story = facts.get("what_happened") or "\n".join(said)
    return CaseDraft(
        key=token_hex(8),
        category=category_of(story),
        severity=severity_of(story),
        story=story,
        wanted=facts.get("wanted", ""),
        order=facts.get("order_number", ""),
    )
