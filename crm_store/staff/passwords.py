"""Passwords of staff: argon2id, worked out in a thread; one-time passwords; what a password must be."""

import asyncio
import secrets
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from crm_store.errors import CareLoopError

SHORTEST = 12
LONGEST = 200
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without what is mistaken for something else when it is read out."""


class PasswordRefused(CareLoopError):
    """`rule` is `short`, `long`, `login` (it holds one's own login) or `same` (it was the password before)."""

    code = "password_refused"

    def __init__(self, rule: str) -> None:
        super().__init__(f"the password must have {SHORTEST} to {LONGEST} characters, be new and not hold the login")
        self.rule = rule


def one_time_password() -> str:
    """79 bits in four groups, to be read out and typed once."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4))


def require_good(password: str, login: str) -> None:
    """Raises `PasswordRefused`."""
    if len(password) < SHORTEST:
        raise PasswordRefused("short")
    if len(password) > LONGEST:
        raise PasswordRefused("long")
    if login.partition("@")[0].lower() in password.lower():
        raise PasswordRefused("login")


class Passwords:
    """Hashes and compares, two at a time: each takes 64 MiB and some 50 ms of a processor."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()
        self._room = asyncio.Semaphore(2)

    async def hashed(self, password: str) -> str:
        async with self._room:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def match(self, known: str | None, password: str) -> bool:
        """Whether `password` made the hash `known`; the same work is done when nobody is known."""
        async with self._room:
            return await asyncio.to_thread(self._match, known, password)

    def _match(self, known: str | None, password: str) -> bool:
        try:
            self._hasher.verify(known or self._nobodys, password[: LONGEST + 1])
        except (Argon2Error, InvalidHashError):
            return False
        return known is not None

    @cached_property
    def _nobodys(self) -> str:
        return self._hasher.hash(secrets.token_urlsafe(16))
