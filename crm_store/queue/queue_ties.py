"""Pure: who sees a conversation, by the cases ever talked about in it: the rules of `Sight` for what all share."""

from collections.abc import Collection
from dataclasses import dataclass

from crm_store.staff.scope import Scope

TIES = """
    (select coalesce(jsonb_agg(jsonb_build_object(
               'team', q.team_id, 'closed', q.closed_at is not null, 'merged', q.merged_into is not null)), '[]')
       from complaint_conversations n join complaints q on q.id = n.complaint_id where n.conversation_id = v.id)
"""
"""As SQL, of the conversation `v`."""


@dataclass(frozen=True)
class Tie:
    """A case that is talked about in a conversation."""

    team: int | None
    closed: bool
    merged: bool


@dataclass(frozen=True)
class Held:
    """A conversation that a person has or is waited for in; `holder` is whoever has it."""

    team: int | None
    holder: int | None
    ties: Collection[Tie]

    def is_uncased(self, scope: Scope) -> bool:
        """Whether no open case that is in sight stands for it."""
        return not any(not tie.closed and not tie.merged and scope.may_see(tie.team) for tie in self.ties)

    def is_seen(self, scope: Scope) -> bool:
        """Of cases of another team only open ones hide it."""
        return (
            scope.sees_everything
            or self.team in scope.teams
            or (self.holder is not None and self.holder == scope.staff_id)
            or any(scope.may_see(tie.team) for tie in self.ties)
            or (self.team is None and not any(not tie.closed and not scope.may_see(tie.team) for tie in self.ties))
        )


def ties_of(told: Collection[dict[str, object]]) -> tuple[Tie, ...]:
    """Out of the column `TIES`."""
    return tuple(Tie(**tie) for tie in told)  # type: ignore[arg-type]
