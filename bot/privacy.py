"""A person's own data from the command line: python -m bot.privacy export M10000001."""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TextIO

from sqlalchemy.exc import ProgrammingError

from bot.files.erased import remove_erased
from bot.files.vault import Vault
from bot.settings import read_settings
from bot.stack.reach import reached_database
from crm_store.cases.events import By
from crm_store.crm import Crm
from crm_store.database import Store, open_store
from crm_store.errors import CareLoopError
from crm_store.people.customers import Customer
from crm_store.staff.audit import Deed

BY = By("command line")


class PrivacyRefused(CareLoopError):
    """The command cannot be done as it was given; the message says what to do."""

    code = "privacy_refused"


def main(arguments: list[str]) -> int:
    """Exit codes: 0 done, 1 failed (the reason was printed)."""
    asked = parser().parse_args(arguments)
    settings = read_settings()
    vault = Vault(settings.var / "attachments")
    try:
        with reached_database(settings) as url:
            asyncio.run(_on_store(url, lambda store: act(store, vault, asked, sys.stdout)))
    except CareLoopError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def parser() -> argparse.ArgumentParser:
    root = argparse.ArgumentParser("careloop privacy", description="What is held on a person, and an end to it.")
    commands = root.add_subparsers(dest="command", metavar="COMMAND", required=True)
    export = commands.add_parser("export", help="print everything held on a member, as one JSON document")
    export.add_argument("member", help="member number or id")
    erase = commands.add_parser("erase", help="drop the person for good; what the shop learnt stays")
    erase.add_argument("member", help="member number or id")
    erase.add_argument("--reason", required=True, help="on whose word, e.g. the number of a letter")
    erase.add_argument("--yes", action="store_true", help="erase; without it nothing is changed")
    return root


async def _on_store(url: str, work: Callable[[Store], Awaitable[None]]) -> None:
    store = open_store(url, pool=2)
    try:
        await work(store)
    except ProgrammingError:
        raise PrivacyRefused("this database has no tables yet; run ./careloop up or ./careloop migrate first") from None
    finally:
        await store.close()


async def act(store: Store, vault: Vault, asked: argparse.Namespace, out: TextIO) -> None:
    """Do it, and write what is to be printed."""
    now = datetime.now(UTC)
    async with store.transaction() as crm:
        found = await _found(crm, asked.member)
        if asked.command == "export":
            crm.audit.note(Deed(None, "exported", "customer", str(found.id), {"by": BY.who}), now)
            async for piece in crm.exports.of(found.id, now):
                out.write(piece)
            return
        if not asked.yes:
            out.write(f"This would erase {_named(found)} for good. Say it again with --yes to do it.\n")
            return
        erased = await crm.erasures.erase(found.id, BY, asked.reason, now)
    files = await remove_erased(store, vault)
    done = "Erased" if erased.fresh else "Erased before; what came in since then is gone, too"
    out.write(f"{done}: customer {erased.customer_id}, {files} files removed.\n")


def _named(customer: Customer) -> str:
    return f"customer {customer.id}" + (f" ({customer.member_number})" if customer.member_number else "")


async def _found(crm: Crm, member: str) -> Customer:
    by_id = member.isascii() and member.isdigit() and len(member) < 19
    found = await crm.customers.get(int(member)) if by_id else await crm.customers.with_number(member)
    if found is None:
        raise PrivacyRefused("nobody has this member number or id; who was erased is found by the id alone")
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
