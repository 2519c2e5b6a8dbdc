"""What campaigns send, from the command line: python -m bot.sending status."""

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
from crm_store.talks.lanes import Lane


class SendingRefused(CareLoopError):
    """The command cannot be done as it was given; the message says what to do."""

    code = "sending_refused"


def main(arguments: list[str]) -> int:
    """Exit codes: 0 done, 1 failed (the reason was printed)."""
    asked = parser().parse_args(arguments)
    try:
        settings = read_settings()
        with reached_database(settings) as url:
            sys.stdout.write(asyncio.run(_on_store(url, asked, settings.base_url)) + "\n")
    except CareLoopError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def parser() -> argparse.ArgumentParser:
    root = argparse.ArgumentParser("careloop sending", description="What is sent that nobody asked for.")
    commands = root.add_subparsers(dest="command", metavar="COMMAND", required=True)
    commands.add_parser("status", help="each lane, and whether this database may send")
    allow = commands.add_parser("allow", help="this copy of a database is the house now")
    allow.add_argument("--address", help="of the house that may send; else of the one that asked last")
    for name, summary in (("pause", "let campaigns of a lane wait; replies go"), ("resume", "let them go on")):
        commands.add_parser(name, help=summary).add_argument("lane")
    rate = commands.add_parser("rate", help="messages a second at most")
    rate.add_argument("lane")
    rate.add_argument("rate", nargs="?", type=float, help="left out: as the provider allows")
    return root


async def _on_store(url: str, asked: argparse.Namespace, address: str) -> str:
    store = open_store(url, pool=2)
    try:
        return await act(store, asked, address, datetime.now(UTC))
    except ProgrammingError:
        raise SendingRefused("this database has no tables yet; run ./careloop up or ./careloop migrate first") from None
    finally:
        await store.close()


async def act(store: Store, asked: argparse.Namespace, address: str, now: datetime) -> str:
    """Do it and give what to print. `address`: where this house is reached, as far as the settings say."""
    async with store.transaction() as crm:
        match asked.command:
            case "allow":
                return await _allow(crm, asked.address or address, now, given=bool(asked.address))
            case "status":
                return await _status(crm)
            case _:
                return await _set(crm, asked, now)


async def _allow(crm: Crm, address: str, now: datetime, given: bool) -> str:
    seal = await crm.fence.seal()
    if seal is not None and seal.asked_for and not given:
        address = seal.asked_for
    await crm.fence.allow(address, "command line", now)
    crm.audit.note(Deed(None, "allowed_sending", "sending", address, {"by": "command line"}), now)
    crm.nudge("care")
    return f"This database belongs to {address} now; what waits in it is sent from there."


async def _status(crm: Crm) -> str:
    seal, lanes = await crm.fence.seal(), await crm.lanes.all()
    held = seal is not None and seal.asked_for
    told = f"held: {held} would send from a database of another house; see `allow`" if held else "may be sent"
    return "\n".join([f"Campaigns: {told}", *(_line(lane) for lane in lanes)])


async def _set(crm: Crm, asked: argparse.Namespace, now: datetime) -> str:
    if await crm.lanes.get(asked.lane) is None:
        raise SendingRefused(f"there is no lane {asked.lane}; `status` shows them all")
    if asked.command == "rate":
        await crm.lanes.set_rate(asked.lane, asked.rate)
    else:
        await crm.lanes.pause_care(asked.lane, asked.command == "pause")
    crm.audit.note(Deed(None, f"lane_{asked.command}", "sending", asked.lane, {"by": "command line"}), now)
    crm.nudge("care")
    lane = await crm.lanes.get(asked.lane)
    return _line(lane) if lane else ""


def _line(lane: Lane) -> str:
    states = {
        f"halted: {lane.halted}": lane.halted,
        "campaigns paused": lane.care_paused,
        f"resting until {lane.rests_until:%H:%M:%S} UTC" if lane.rests_until else "": lane.trips,
    }
    state = ", ".join(told for told, so in states.items() if so) or "open"
    return f"{lane.name:<36} {f'{lane.rate:g} a second' if lane.rate else 'as fast as it may':<20} {state}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
