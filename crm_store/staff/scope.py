"""Pure: what a member of staff may see. Every read for the console takes a scope; there is none without."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, true
from sqlalchemy.orm import InstrumentedAttribute


@dataclass(frozen=True)
class Scope:
    """`teams` are the ids of one's own teams; what no team has taken yet is open to all of them."""

    staff_id: int
    role: str
    teams: frozenset[int]

    @property
    def sees_everything(self) -> bool:
        return self.role == "admin"

    @property
    def sees_cases(self) -> bool:
        """Marketers see no complaints and no conversations."""
        return self.role in {"handler", "supervisor", "admin"}

    def may_see(self, team_id: int | None) -> bool:
        """Whether something of this team (None: of no team yet) may be shown."""
        return self.sees_everything or (self.sees_cases and (team_id is None or team_id in self.teams))

    def condition(self, team_id: InstrumentedAttribute[int | None]) -> ColumnElement[bool]:
        """The same as SQL, for lists, search, exports and counts."""
        if self.sees_everything:
            return true()
        return or_(team_id.is_(None), team_id.in_(self.teams)) if self.sees_cases else ~true()
