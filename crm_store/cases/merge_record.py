"""Pure: what a merge moved, as its event keeps it, so that it can be undone exactly."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from crm_store.cases.complaints import Complaint


@dataclass(frozen=True)
class MergeRecord:
    """`conversations` were the source's; `added` are those of them the target had not. `before`: state and moments."""

    into: str
    into_id: int
    conversations: list[int]
    added: list[int]
    before: dict[str, Any]

    @classmethod
    def of(cls, source: Complaint, target: Complaint, conversations: list[int], added: list[int]) -> Self:
        """To be made before the source is changed."""
        before = {
            "state": source.state,
            "waits_for": source.waits_for,
            "closed_at": source.closed_at.isoformat() if source.closed_at else None,
        }
        return cls(target.number, target.id, conversations, added, before)

    @classmethod
    def read(cls, detail: dict[str, Any]) -> Self:
        return cls(**detail)

    def as_detail(self) -> dict[str, Any]:
        return dict(vars(self))

    def restore(self, source: Complaint) -> None:
        """The source as it was."""
        closed_at = self.before["closed_at"]
        source.state, source.waits_for = self.before["state"], self.before["waits_for"]
        source.closed_at = datetime.fromisoformat(closed_at) if closed_at else None
