"""Pure: which lines of the inbox are wanted, as SQL over complaints (`p`) and over conversations without one (`v`)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from crm_store.staff.sight import HELD, Sight


class View(StrEnum):
    """The tabs. Every one but CLOSED shows what is open."""

    ALL = "all"
    MINE = "mine"
    TEAM = "team"
    UNASSIGNED = "unassigned"
    OVERDUE = "overdue"
    SHOPPER = "shopper"  # we wait for the shopper
    CLOSED = "closed"


@dataclass(frozen=True)
class QueueFilter:
    """Everything given must hold. `tag` is a tag's code, `handler` a staff id, `team` a team id."""

    view: View = View.ALL
    channel: str | None = None
    category: str | None = None
    severity: str | None = None
    state: str | None = None
    tag: str | None = None
    handler: int | None = None
    team: int | None = None

    @property
    def values(self) -> dict[str, Any]:
        """What the conditions take, without the view."""
        named = {name: value for name, value in vars(self).items() if name != "view" and value is not None}
        return {f"wanted_{name}": value for name, value in named.items()}


CASE_VIEWS = {
    View.ALL: "true",
    View.CLOSED: "true",
    View.MINE: "p.assignee_id = :me",
    View.TEAM: "p.team_id = any(:teams)",
    View.UNASSIGNED: "p.assignee_id is null",
    View.OVERDUE: "p.next_due_at <= :now",
    View.SHOPPER: "p.waits_for = 'shopper'",
}
TALK_VIEWS = {
    View.ALL: "true",
    View.CLOSED: "false",
    View.MINE: "v.holder_id = :me",
    View.TEAM: "v.team_id = any(:teams)",
    View.UNASSIGNED: "v.holder_id is null",
    View.OVERDUE: "false",
    View.SHOPPER: "false",
}
_CASE_FILTERS = {
    "channel": "exists (select from channel_identities a where a.id = p.identity_id and a.channel = :wanted_channel)",
    "category": "p.category = :wanted_category",
    "severity": "p.severity = :wanted_severity",
    "state": "p.state = :wanted_state",
    "tag": """exists (select from complaint_tags n join tags r on r.id = n.tag_id
                       where n.complaint_id = p.id and r.code = :wanted_tag)""",
    "handler": "p.assignee_id = :wanted_handler",
    "team": "p.team_id = :wanted_team",
}
_TALK_FILTERS = {
    "channel": "v.channel = :wanted_channel",
    "handler": "v.holder_id = :wanted_handler",
    "team": "v.team_id = :wanted_team",
}


def open_cases(sight: Sight) -> str:
    return f"p.closed_at is null and p.merged_into is null and {sight.case('p')}"


def open_talks(sight: Sight) -> str:
    """Conversations in sight that need a person and are not talked about in an open case in sight."""
    return f"v.control in {HELD} and z.is_cased is not true and {sight.talk_by('v', 'z')}"


def held_talks(sight: Sight) -> str:
    """What `open_talks` is asked of."""
    return f"conversations v cross join lateral {sight.ties('v')} z"


def narrowed_cases(wanted: QueueFilter) -> str:
    named = [_CASE_FILTERS[name] for name in _CASE_FILTERS if getattr(wanted, name) is not None]
    return " and ".join([CASE_VIEWS[wanted.view], *named])


def narrowed_talks(wanted: QueueFilter) -> str:
    """What has no category, severity, state or tag is not found by one."""
    named = [_TALK_FILTERS.get(name, "false") for name in _CASE_FILTERS if getattr(wanted, name) is not None]
    return " and ".join([TALK_VIEWS[wanted.view], *named])
