"""The command line of `./careloop`, the one place that explains it. `bot.launch` parses with it too."""

from __future__ import annotations

import argparse

DESCRIPTION = """\
CareLoop: conversational customer care for retail.

  ./careloop up       sets up what is missing, starts everything and prints the addresses
  ./careloop test     runs the whole test suite on a database and a model of its own
"""

EPILOG = """\
Everything made at run time lies under ./var (CARELOOP_VAR), the two environments in .venv and .venv-rasa.
The settings are environment variables; docs/operating.md lists every one.
"""

UP = """\
Start the database, the model, Rasa and the app; migrate the database; wait until the app answers; print the addresses.

  first run    sets up two Python environments, fills the demo shop, trains the model
  later runs   skip what is up to date and are ready within half a minute
  Ctrl-C       stops everything that was started, in order

With CARELOOP_DATABASE_URL or CARELOOP_RASA_URL set, that part is not started but used where it is.
"""

TEST = """\
Run the test suite. Arguments are pytest's:

  ./careloop test                        everything, on two processes
  ./careloop test tests/stack -k lock    some of it
"""

BENCH = """\
Run one benchmark from benchmarks/, or list them when no name is given. Further arguments are the benchmark's own.
"""

KEY = """\
Keys for the API under /api/v1. A key is shown once, when it is made.

  ./careloop key make webshop --scope customers:read
  ./careloop key list
  ./careloop key revoke PREFIX
"""


STAFF = """\
Who may sign in to the console under /console. A one-time password is shown once, when it is made.

  ./careloop staff add mei@shop.example --name "Tan Mei Ling" --role handler --team online
  ./careloop staff list
  ./careloop staff reset mei@shop.example
  ./careloop staff deactivate mei@shop.example
"""

SENDING = """\
What is sent that nobody asked for: campaigns. Replies go in any case.

  ./careloop sending status              each lane, and whether this database may send
  ./careloop sending allow               this copy of a database is the house now
  ./careloop sending pause LANE          campaigns of this lane wait, e.g. telegram:12345
  ./careloop sending resume LANE
  ./careloop sending rate LANE 10        messages a second at most; without a number as the provider allows
"""


PRIVACY = """\
What is held on a person, and an end to it. Who was erased has no member number any more and is found by the id.

  ./careloop privacy export M10000001 > emma.json
  ./careloop privacy erase M10000001 --reason "letter of 22 November"          says what it would do
  ./careloop privacy erase M10000001 --reason "letter of 22 November" --yes    does it, for good
"""


class _Formatter(argparse.RawDescriptionHelpFormatter):
    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=18, width=110)


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError("must be a number from 1 to 65535")
    return int(text)


def parser() -> argparse.ArgumentParser:
    root = argparse.ArgumentParser("careloop", description=DESCRIPTION, epilog=EPILOG, formatter_class=_Formatter)
    commands = root.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def add(name: str, summary: str, description: str = "") -> argparse.ArgumentParser:
        long = description or f"{summary[0].upper()}{summary[1:]}."
        return commands.add_parser(name, help=summary, description=long, formatter_class=_Formatter)

    up = add("up", "start everything and print the addresses", UP)
    up.add_argument("--detach", action="store_true", help="return once ready; ./careloop down stops it")
    up.add_argument("--port", type=_port, help="listen on this port instead of CARELOOP_PORT (8000)")
    add("down", "stop what `up` started, and wait until it has ended")
    add("test", "run the test suite (arguments go to pytest)", TEST).add_argument("arguments", nargs="*", metavar="ARG")
    add("check", "format, lint, types, import contract, architecture and translations")
    train = add("train", "train the Rasa model if its data changed")
    train.add_argument("--force", action="store_true", help="train although nothing changed")
    bench = add("bench", "run a benchmark, or list them", BENCH)
    bench.add_argument("arguments", nargs="*", metavar="NAME [ARG ...]")
    add("migrate", "bring the database schema up to date")
    keys = add("key", "make, list or revoke keys of the API", KEY)
    keys.add_argument("arguments", nargs="*", metavar="make | list | revoke")
    staff = add("staff", "add or list staff, reset a password, end somebody's access", STAFF)
    staff.add_argument("arguments", nargs="*", metavar="add | list | reset | deactivate")
    sending = add("sending", "see, pause or pace what campaigns send; let a copied database send", SENDING)
    sending.add_argument("arguments", nargs="*", metavar="status | allow | pause | resume | rate")
    privacy = add("privacy", "export everything held on a member, or erase them", PRIVACY)
    privacy.add_argument("arguments", nargs="*", metavar="export | erase")
    lock = add("lock", "resolve the four lock files in requirements/ again")
    lock.add_argument("--upgrade", action="store_true", help="take the newest allowed versions, not the locked ones")
    return root


def parse(arguments: list[str]) -> argparse.Namespace:
    """Like argparse, but what follows `test`, `bench`, `key`, `staff` belongs to pytest, the benchmark, `bot.keys` …"""
    others = (["test"], ["bench"], ["key"], ["staff"], ["sending"], ["privacy"])
    passes_on = arguments[:1] in others and arguments[1:2] not in (
        ["-h"],
        ["--help"],
    )
    if not passes_on:
        return parser().parse_args(arguments)
    return argparse.Namespace(command=arguments[0], arguments=arguments[1:])
