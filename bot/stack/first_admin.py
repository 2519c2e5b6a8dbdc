"""The first admin of the console: made when nobody could sign in, with a password that is told once, kept nowhere."""

import asyncio
import os
from datetime import datetime

from rich.console import Console

from crm_store.database import open_store
from crm_store.staff.members import NewMember, Role
from crm_store.staff.passwords import Passwords, one_time_password

WHISPER = "CARELOOP_UP_WHISPERS_TO"
"""Environment: the pipe to whoever started `up` in the background. What goes there is in no log."""

FIRST = """\
First sign-in to the console: {login}
One-time password:            {password}
It is shown now and never again. ./careloop staff reset {login} makes another."""


def first_admin(database_url: str, login: str, now: datetime) -> str:
    """What to tell of the admin that was made; empty when somebody can sign in already."""
    return asyncio.run(_first_admin(database_url, login, now))


async def _first_admin(database_url: str, login: str, now: datetime) -> str:
    store = open_store(database_url, pool=2)
    try:
        async with store.transaction() as crm:
            if await crm.staff.anybody_can_sign_in():
                return ""
            password = one_time_password()
            new = NewMember(login, "Admin", Role.ADMIN, await Passwords().hashed(password))
            await crm.staff.add_first(new, now)
        return FIRST.format(login=login, password=password)
    finally:
        await store.close()


def whisper(words: str, console: Console) -> None:
    """Down the pipe when there is one, else on the console. Does nothing without words."""
    pipe = os.environ.pop(WHISPER, "")
    if pipe:
        with os.fdopen(int(pipe), "w", encoding="utf-8") as told:
            told.write(words)
    elif words:
        console.print(f"\n{words}", soft_wrap=True)
