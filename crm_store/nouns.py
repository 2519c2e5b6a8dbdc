"""How a transaction offers its nouns: each made when first asked for, and then kept."""

from collections.abc import Callable
from typing import Protocol, Self, overload

from sqlalchemy.ext.asyncio import AsyncSession


class HasSession(Protocol):
    """What a noun needs of the transaction it belongs to."""

    session: AsyncSession


class Offered[C: HasSession, T]:
    """One noun of a transaction `C`, made from all of it: it may be handed others, so siblings import no circle."""

    def __init__(self, made: Callable[[C], T]) -> None:
        self._made = made

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, crm: None, owner: type) -> Self: ...
    @overload
    def __get__(self, crm: C, owner: type) -> T: ...
    def __get__(self, crm: C | None, owner: type) -> T | Self:
        if crm is None:
            return self
        noun = self._made(crm)
        # From now on the instance's own attribute is found first.
        crm.__dict__[self._name] = noun
        return noun


class Noun[T](Offered[HasSession, T]):
    """One noun that needs nothing but the session."""

    def __init__(self, made: Callable[[AsyncSession], T]) -> None:
        super().__init__(lambda crm: made(crm.session))
