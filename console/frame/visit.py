"""One request of somebody who is signed in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request

from crm_store.errors import CareLoopError
from crm_store.staff.members import Role, StaffMember
from crm_store.staff.scope import Scope


class SignInFirst(CareLoopError):
    """Nobody is signed in with this browser."""

    code = "sign_in_first"


class PasswordFirst(CareLoopError):
    """The one-time password has to be changed before anything else."""

    code = "password_first"


class NotAllowed(CareLoopError):
    """This member of staff may not do that. `text` names the sentence that says so."""

    code = "not_allowed"

    def __init__(self, text: str = "frame.not_allowed") -> None:
        super().__init__("this role may not do that")
        self.text = text


class NotThere(CareLoopError):
    """What was asked for does not exist, or may not be seen: nobody learns which."""

    code = "not_there"


@dataclass(frozen=True)
class Visit:
    """`csrf` goes into every form; `stamp` says which signals the page already knows of."""

    staff: StaffMember
    scope: Scope
    language: str
    csrf: str
    now: datetime
    stamp: str
    session: bytes
    address: str
    unread: int

    @property
    def role(self) -> Role:
        return Role(self.staff.role)

    def require(self, *roles: Role) -> None:
        """Raises `NotAllowed`."""
        if self.role not in roles:
            raise NotAllowed


def visiting(request: Request) -> Visit:
    """The visit that the frame found before the route was asked."""
    visit = request.state.visit
    assert isinstance(visit, Visit)
    return visit


Here = Annotated[Visit, Depends(visiting)]
"""What a route takes: ``async def inbox(visit: Here) -> Response``."""


def is_htmx(request: Request) -> bool:
    """Whether htmx asks, for whatever part of a page."""
    return request.headers.get("hx-request") == "true"


def is_part(request: Request) -> bool:
    """Whether htmx asks for less than the page: a whole page as the answer would land in the wrong place."""
    return is_htmx(request) and request.headers.get("hx-boosted") != "true"
