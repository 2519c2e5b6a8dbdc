"""Pure: whether the reader may decide about a proposal, and who else could."""

from dataclasses import dataclass

from crm_store.remedies.granting import Limits, RemedyKind, Verdict, may_grant
from crm_store.remedies.register import RemedyEntry
from crm_store.staff.members import Role
from crm_store.staff.scope import Scope

ROLES = (Role.HANDLER, Role.SUPERVISOR, Role.ADMIN)


@dataclass(frozen=True)
class Weighed:
    """`is_own`: whoever proposed it only takes it back. `able` are the roles whose limit reaches it, lowest first."""

    is_own: bool
    may_approve: bool
    may_refuse: bool
    able: tuple[Role, ...]
    limits: tuple[tuple[Role, int | None], ...]


def weighed(entry: RemedyEntry, limits: Limits, scope: Scope) -> Weighed:
    """By role and what the case got of this kind, as the store decides it again."""
    kind = RemedyKind(entry.kind)
    able = tuple(role for role in ROLES if may_grant(limits, role, kind, entry.total) is Verdict.GRANTED)
    is_own = entry.proposed_by == scope.staff_id
    waits = entry.remedy_state == "proposed" and entry.is_open
    return Weighed(
        is_own=is_own,
        may_approve=waits and not is_own and scope.role in able,
        may_refuse=waits and (is_own or (scope.role, entry.kind) in limits),
        able=able,
        limits=tuple((role, limits.get((role, entry.kind))) for role in ROLES),
    )
