"""API keys from the command line: python -m bot.keys make NAME --scope customers:read."""

import argparse
import asyncio
import sys
from datetime import UTC, datetime

from sqlalchemy.exc import ProgrammingError

from bot.settings import read_settings
from bot.stack.reach import reached_database
from crm_store.database import Store, open_store
from crm_store.errors import CareLoopError
from crm_store.keys import ApiKey, KeyScope, new_key


class KeysRefused(CareLoopError):
    """The command cannot be done as it was given; the message says what to do."""

    code = "keys_refused"


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
    root = argparse.ArgumentParser("careloop key", description="Keys for the read API under /api/v1.")
    commands = root.add_subparsers(dest="command", metavar="COMMAND", required=True)
    make = commands.add_parser("make", help="make a key and print it, once")
    make.add_argument("name", help="whom it is for, e.g. webshop")
    make.add_argument(
        "--scope", action="append", required=True, choices=[scope.value for scope in KeyScope], dest="scopes"
    )
    commands.add_parser("list", help="list the keys, never the secrets")
    revoke = commands.add_parser("revoke", help="end a key at once")
    revoke.add_argument("prefix", help="the part between cl_ and the next _, as `list` shows it")
    return root


async def _on_store(url: str, asked: argparse.Namespace) -> str:
    store = open_store(url, pool=2)
    try:
        return await act(store, asked, datetime.now(UTC))
    except ProgrammingError:
        raise KeysRefused("this database has no tables yet; run ./careloop up or ./careloop migrate first") from None
    finally:
        await store.close()


async def act(store: Store, asked: argparse.Namespace, now: datetime) -> str:
    """Do it and give what to print."""
    match asked.command:
        case "make":
            return await _make(store, asked, now)
        case "revoke":
            return await _revoke(store, asked.prefix, now)
        case _:
            return await _list(store)


async def _make(store: Store, asked: argparse.Namespace, now: datetime) -> str:
    key, row = new_key(asked.name, sorted(set(asked.scopes)), now)
    async with store.transaction() as crm:
        crm.api_keys.add(row)
    return f"{key}\n\nThis key is shown now and never again. It may: {', '.join(row.scopes)}."


async def _revoke(store: Store, prefix: str, now: datetime) -> str:
    async with store.transaction() as crm:
        if not await crm.api_keys.revoke(prefix, now):
            raise KeysRefused("no live key has this prefix; `list` shows them all")
    return f"The key {prefix} works no more."


async def _list(store: Store) -> str:
    async with store.transaction() as crm:
        keys = await crm.api_keys.all()
    return "\n".join(_line(key) for key in keys) or "There are no keys."


def _line(key: ApiKey) -> str:
    used = f"last used {key.last_used_at:%Y-%m-%d %H:%M} UTC" if key.last_used_at else "never used"
    state = f"revoked {key.revoked_at:%Y-%m-%d}" if key.revoked_at else used
    return f"{key.prefix}  {key.name:<20} {state:<30} {' '.join(key.scopes)}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
