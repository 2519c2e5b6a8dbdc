"""Pure: a scope as SQL, for the reads of the desk. What is not in sight is in no list, count, hit or export."""

from dataclasses import dataclass
from typing import Any

from crm_store.staff.scope import Scope

HELD = "('waiting', 'parked', 'person')"
"""Conversations that a person has or is waited for in."""


@dataclass(frozen=True)
class Sight:
    """Conditions to put into a statement, and the values they take."""

    scope: Scope

    @property
    def values(self) -> dict[str, Any]:
        return {"teams": sorted(self.scope.teams), "me": self.scope.staff_id}

    def case(self, alias: str) -> str:
        """Whether the complaint `alias` may be shown: the same rule as `Scope.may_see`."""
        return self._unless_all(f"({alias}.team_id is null or {alias}.team_id = any(:teams))")

    def talk(self, alias: str) -> str:
        """Whether the conversation `alias` may be shown.

        One's own team's or in one's own hands; or talked about in a case one may see; or of no team yet, unless a case
        of another team is talked about there: an open one always hides it, a closed one while nobody is waited for.
        """
        linked = f"q.id = k.complaint_id and k.conversation_id = {alias}.id"
        cases = f"complaint_conversations k join complaints q on {linked}"
        return self._unless_all(
            f"""({alias}.team_id = any(:teams) or {alias}.holder_id = :me
                 or exists (select from {cases} where q.team_id is null or q.team_id = any(:teams))
                 or {alias}.team_id is null and not exists (
                        select from {cases}
                         where q.team_id <> all(:teams) and (q.closed_at is null or {alias}.control not in {HELD})))"""
        )

    def ties(self, alias: str) -> str:
        """What `talk_by` asks of the cases talked about in the conversation `alias`, one row, looked at once."""
        return f"""(select bool_or(q.closed_at is null and q.merged_into is null and {self.case("q")}) as is_cased,
                           bool_or(q.team_id is null or q.team_id = any(:teams)) as is_near,
                           bool_or(q.team_id <> all(:teams) and (q.closed_at is null or {alias}.control not in {HELD}))
                               as is_hidden
                      from complaint_conversations k join complaints q on q.id = k.complaint_id
                     where k.conversation_id = {alias}.id)"""

    def talk_by(self, alias: str, ties: str) -> str:
        """The same as `talk`, by the row that `ties` gives."""
        return self._unless_all(
            f"""({alias}.team_id = any(:teams) or {alias}.holder_id = :me or {ties}.is_near
                 or {alias}.team_id is null and {ties}.is_hidden is not true)"""
        )

    def _unless_all(self, condition: str) -> str:
        if self.scope.sees_everything:
            return "true"
        return condition if self.scope.sees_cases else "false"
