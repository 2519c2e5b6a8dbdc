"""Staff from the command line: python -m bot.staff add LOGIN --name NAME --role handler."""

import argparse
import asyncio
import sys
from datetime import UTC, datetime

from sqlalchemy.exc import ProgrammingError

from bot.settings import read_settings
from bot.stack.reach import reached_database
from crm_store.crm import Crm
from crm_store.database import Store, open_store
from crm_store.errors import CareLoopError
from crm_store.staff.audit import Deed
from crm_store.staff.members import NewMember, Role, StaffMember
from crm_store.staff.passwords import Passwords, one_time_password

ONCE = "It is shown now and never again, and has to be changed at the first sign-in."


class StaffRefused(CareLoopError):
    """The command cannot be done as it was given; the message says what to do."""

    code = "staff_refused"


def main(arguments: list[str]) -> int:
    """Exit codes: 0 done, 1 failed (the reason was printed)."""
    asked = parser().parse_args(arguments)
    try:
        with reached_database(read_settings()) as url:
            sys.stdout.write(asyncio.run(_on_store(url, asked)) + "\n")
    except CareLoopError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def parser() -> argparse.ArgumentParser:
    root = argparse.ArgumentParser("careloop staff", description="Who may sign in to the console under /console.")
    commands = root.add_subparsers(dest="command", metavar="COMMAND", required=True)
    add = commands.add_parser("add", help="add somebody and print a one-time password")
    add.add_argument("login", help="their e-mail address")
    add.add_argument("--name", required=True, help="as colleagues know them")
    add.add_argument("--role", required=True, choices=[role.value for role in Role])
    add.add_argument("--team", action="append", default=[], dest="teams", help="code of a team that exists")
    add.add_argument("--language", choices=["en", "zh"], default="en")
    commands.add_parser("list", help="list the staff, never a password")
    for name, summary in (
        ("reset", "print a new one-time password; every session of theirs ends"),
        ("deactivate", "end somebody's access at once; what they did stays"),
        ("activate", "let somebody in again"),
    ):
        commands.add_parser(name, help=summary).add_argument("login")
    return root


async def _on_store(url: str, asked: argparse.Namespace) -> str:
    store = open_store(url, pool=2)
    try:
        return await act(store, asked, datetime.now(UTC))
    except ProgrammingError:
        raise StaffRefused("this database has no tables yet; run ./careloop up or ./careloop migrate first") from None
    finally:
        await store.close()


async def act(store: Store, asked: argparse.Namespace, now: datetime) -> str:
    """Do it and give what to print."""
    match asked.command:
        case "add":
            return await _add(store, asked, now)
        case "reset":
            return await _reset(store, asked.login, now)
        case "activate" | "deactivate":
            return await _set_active(store, asked, now)
        case _:
            return await _list(store)


async def _add(store: Store, asked: argparse.Namespace, now: datetime) -> str:
    if "@" not in asked.login:
        raise StaffRefused("the login has to be an e-mail address")
    password = one_time_password()
    new = NewMember(asked.login, asked.name, Role(asked.role), await Passwords().hashed(password), asked.language)
    async with store.transaction() as crm:
        teams = await _teams(crm, asked.teams)
        member = await crm.staff.add(new, now)
        await crm.staff.set_teams(member.id, teams)
        crm.audit.note(Deed(None, "added", "staff", str(member.id), {"role": asked.role, "by": "command line"}), now)
    return f"{member.login} may sign in with {password}\n\n{ONCE}"


async def _teams(crm: Crm, codes: list[str]) -> list[int]:
    known = {team.code: team.id for team in await crm.staff.teams()}
    unknown = [code for code in codes if code not in known]
    if unknown:
        raise StaffRefused(f"there is no team {unknown[0]}; known: {', '.join(known) or 'none'}")
    return [known[code] for code in codes]


async def _reset(store: Store, login: str, now: datetime) -> str:
    password = one_time_password()
    hashed = await Passwords().hashed(password)
    async with store.transaction() as crm:
        member = await _known(crm, login)
        await crm.staff.set_password(member.id, hashed, must_change=True)
        await crm.sessions.end_all(member.id)
        crm.audit.note(Deed(None, "password_reset", "staff", str(member.id), {"by": "command line"}), now)
        crm.nudge("staff", member.id)
    return f"{member.login} may sign in with {password}\n\n{ONCE}"


async def _set_active(store: Store, asked: argparse.Namespace, now: datetime) -> str:
    is_active = asked.command == "activate"
    async with store.transaction() as crm:
        member = await _known(crm, asked.login)
        await crm.staff.set_active(member.id, is_active)
        await crm.sessions.end_all(member.id)
        crm.audit.note(Deed(None, f"{asked.command}d", "staff", str(member.id), {"by": "command line"}), now)
        crm.nudge("staff", member.id)
    return f"{member.login} may {'sign in again' if is_active else 'sign in no more; every session has ended'}."


async def _known(crm: Crm, login: str) -> StaffMember:
    member = await crm.staff.by_login(login)
    if member is None:
        raise StaffRefused("nobody has this login; `list` shows them all")
    return member


async def _list(store: Store) -> str:
    async with store.transaction() as crm:
        members = await crm.staff.all()
    return "\n".join(_line(member) for member in members) or "There is nobody yet."


def _line(member: StaffMember) -> str:
    seen = f"last here {member.seen_at:%Y-%m-%d %H:%M} UTC" if member.seen_at else "never here"
    state = seen if member.is_active else "deactivated"
    return f"{member.login:<36} {member.role:<11} {state:<32} {member.name}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
