"""Live parts: nothing is missed, each is rendered once for all who may share it, and rights end sockets."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from console.app import Console, open_console
from console.frame.guard import COOKIE
from console.live.line import Line, Viewer
from console.live.part import Hears, LivePart, Look, Shown
from console.live.stamps import Stamps
from crm_store.database import Store, open_store
from crm_store.errors import StoreUnavailable
from crm_store.staff.members import Role
from crm_store.staff.scope import Scope
from tests.browser.serving import Serving
from tests.console.conftest import HOUSE, NODE_MODULES, Desk, whole_app

CASES = frozenset({Role.HANDLER, Role.SUPERVISOR, Role.ADMIN})
PATIENCE = 5.0


class Board:
    """What the test's parts show, and for whom they were rendered."""

    def __init__(self) -> None:
        self.words = "first"
        self.looks: list[Look] = []
        self.is_away = False

    async def render(self, look: Look) -> str:
        self.looks.append(look)
        if self.is_away:
            raise StoreUnavailable("away")
        return f"<p>{self.words} {look.argument}</p>"

    def parts(self) -> list[LivePart]:
        return [
            LivePart("test.list", {"desk": Hears.ALL}, self.render, CASES),
            LivePart("test.head", {"case": Hears.NUMBER}, self.render, CASES),
            LivePart("test.mine", {"notice": Hears.OWN}, self.render, frozenset(Role), Shown.PERSON),
        ]


@pytest.fixture
def board(desk: Desk) -> Board:
    made = Board()
    desk.console.hub.register(made.parts())
    return made


@asynccontextmanager
async def at_work(console: Console) -> AsyncIterator[None]:
    """With everything in the background, once it hears what other processes say."""
    signals = console.frame.store.signals
    listens = asyncio.Event()
    with signals.listening("missed", lambda _: listens.set()):
        running = [asyncio.ensure_future(work()) for work in (signals.relay, *console.works.values())]
        await listens.wait()
    try:
        yield
    finally:
        for work in running:
            work.cancel()
        await asyncio.gather(*running, return_exceptions=True)


@pytest.fixture
async def works(desk: Desk, board: Board) -> AsyncIterator[None]:
    async with at_work(desk.console):
        yield


def viewer(staff_id: int, role: str = "handler", *teams: int, language: str = "en") -> Line:
    return Line(Viewer(Scope(staff_id, role, frozenset(teams)), language), b"")


async def shown(line: Line) -> str:
    """What was put on its way next."""
    async with asyncio.timeout(PATIENCE):
        await line.news.wait()
    line.news.clear()
    return line.take()


def nothing_is_on_its_way(line: Line) -> bool:
    return not line.waiting and not line.news.is_set()


async def settled(desk: Desk, board: Board) -> None:
    """Wait until a nudge that concerns everybody has come through, whatever else it brings."""
    last = viewer(999, "admin")
    desk.console.hub.watch(last, ["test.list:last"], desk.console.hub._stamps.now())
    desk.store.signals.here("desk", 0)
    await shown(last)
    desk.console.hub.leave(last)


async def test_those_with_the_same_rights_share_one_rendering(desk: Desk, board: Board, works: None) -> None:
    hub = desk.console.hub
    alike, other = [viewer(1, "handler", 7), viewer(2, "handler", 7)], viewer(3, "handler", 8)
    for line in (*alike, other):
        hub.watch(line, ["test.list"], hub._stamps.now())
    desk.store.signals.here("desk", 5)
    for line in (*alike, other):
        assert "first" in await shown(line)
    assert sorted(sorted(look.scope.teams) for look in board.looks) == [[7], [8]]
    assert {look.scope.staff_id for look in board.looks} == {0}


async def test_a_burst_is_one_rendering(desk: Desk, board: Board, works: None) -> None:
    hub, mei = desk.console.hub, viewer(1)
    hub.watch(mei, ["test.list"], hub._stamps.now())
    for number in range(50):
        desk.store.signals.here("desk", number)
    board.words = "last"
    assert "last" in await shown(mei)
    assert len(board.looks) == 1


async def test_a_part_hears_its_own_number_and_what_concerns_everybody(desk: Desk, board: Board, works: None) -> None:
    hub, mei = desk.console.hub, viewer(1)
    hub.watch(mei, ["test.head:12"], hub._stamps.now())
    desk.store.signals.here("case", 13)
    await settled(desk, board)
    assert nothing_is_on_its_way(mei)
    for number in (12, 0):
        desk.store.signals.here("case", number)
        board.words += "."
        assert "12" in await shown(mei)


async def test_what_concerns_one_person_is_shown_to_them_alone(desk: Desk, board: Board, works: None) -> None:
    hub, mei, ann = desk.console.hub, viewer(1), viewer(2)
    for line in (mei, ann):
        hub.watch(line, ["test.mine"], hub._stamps.now())
    desk.store.signals.here("notice", 2)
    assert "first" in await shown(ann)
    await settled(desk, board)
    assert nothing_is_on_its_way(mei)


async def test_what_happens_between_a_page_and_its_socket_is_shown(desk: Desk, board: Board, works: None) -> None:
    hub, mei = desk.console.hub, viewer(1)
    stamp = hub._stamps.now()
    desk.store.signals.here("case", 12)
    hub.watch(mei, ["test.head:12", "test.head:13"], stamp)
    assert (await shown(mei)).count("</hx-partial>") == 1
    assert [look.argument for look in board.looks] == ["12"]


@pytest.mark.parametrize("stamp", ["", "another.5", "x", "."])
async def test_a_page_of_another_process_is_brought_up_to_date(
    desk: Desk, board: Board, works: None, stamp: str
) -> None:
    mei = viewer(1)
    desk.console.hub.watch(mei, ["test.list"], stamp)
    assert "first" in await shown(mei)


async def test_after_signals_may_have_been_lost_everything_is_shown_again(
    desk: Desk, board: Board, works: None
) -> None:
    hub, mei = desk.console.hub, viewer(1)
    hub.watch(mei, ["test.list", "test.head:4"], hub._stamps.now())
    desk.store.signals.here("missed", 0)
    assert (await shown(mei)).count("</hx-partial>") == 2


async def test_what_a_line_has_is_not_sent_again_unless_the_page_was_loaded_anew(
    desk: Desk, board: Board, works: None
) -> None:
    hub, mei = desk.console.hub, viewer(1)
    hub.watch(mei, ["test.list"], "")
    await shown(mei)
    desk.store.signals.here("desk", 1)
    await settled(desk, board)
    assert nothing_is_on_its_way(mei)
    hub.watch(mei, ["test.list"], hub._stamps.now())
    desk.store.signals.here("desk", 1)
    assert "first" in await shown(mei)


async def test_a_slow_line_gets_the_latest_alone(desk: Desk, board: Board, works: None) -> None:
    hub, slow = desk.console.hub, viewer(1)
    hub.watch(slow, ["test.list"], "")
    for words in ("second", "third"):
        board.words = words
        desk.store.signals.here("desk", 0)
        await settled(desk, board)
    sent = await shown(slow)
    assert "third" in sent
    assert sent.count("</hx-partial>") == 1


async def test_nobody_is_shown_a_part_that_is_not_for_their_role_or_that_is_none(
    desk: Desk, board: Board, works: None
) -> None:
    hub, marketer = desk.console.hub, viewer(1, "marketer")
    hub.watch(marketer, ["test.list", "test.nothing", "test.head:12'] x", "", ":"], "")
    assert marketer.groups == []
    hub.watch(marketer, [f"test.mine:{number}" for number in range(99)], "")
    assert len(marketer.groups) == 40


async def test_a_part_that_the_store_could_not_give_comes_later(desk: Desk, board: Board, works: None) -> None:
    hub, mei = desk.console.hub, viewer(1)
    board.is_away = True
    hub.watch(mei, ["test.list"], "")
    async with asyncio.timeout(PATIENCE):
        while not board.looks:
            await asyncio.sleep(0.01)
    board.is_away = False
    assert "first" in await shown(mei)


async def test_who_has_left_costs_nothing(desk: Desk, board: Board) -> None:
    hub, mei = desk.console.hub, viewer(1)
    hub.watch(mei, ["test.list", "test.head:3"], "")
    hub.leave(mei)
    assert not hub._lines
    assert not hub._concerned
    assert not hub._prompt._dirty
    assert not hub._leisurely._dirty


def test_a_stamp_that_is_too_old_to_be_known_is_stale() -> None:
    stamps = Stamps(room=10)
    first = stamps.now()
    for number in range(1, 30):
        stamps.heard("case", number)
    assert stamps.is_stale(first, "talk", 5)
    assert not stamps.is_stale(stamps.now(), "case", 29)


@asynccontextmanager
async def served(store: Store) -> AsyncIterator[tuple[Desk, Serving, Board]]:
    site = Serving()
    console = open_console(store, lambda: datetime.now(UTC), replace(HOUSE, base_url=site.url), NODE_MODULES)
    board = Board()
    console.hub.register(board.parts())
    clock = type("Now", (), {"now": property(lambda _: datetime.now(UTC)), "__call__": lambda _: datetime.now(UTC)})
    made = Desk(console, whole_app(console), store, clock())
    await site.start(made.app)
    async with at_work(console):
        yield made, site, board
    await site.stop()


@pytest.fixture
async def house(store: Store) -> AsyncIterator[tuple[Desk, Serving, Board]]:
    async with served(store) as made:
        yield made


def line_to(site: Serving, cookie: str, origin: str = "") -> "connect":
    url = f"{site.url.replace('http', 'ws', 1)}/console/live"
    return connect(url, origin=origin or site.url, additional_headers={"Cookie": f"{COOKIE}={cookie}"})  # type: ignore[arg-type]


async def watching(socket: ClientConnection, *parts: str) -> str:
    """Say what is shown, as a page of another process would; gives the first answer."""
    await socket.send(json.dumps({"watch": parts, "stamp": ""}))
    async with asyncio.timeout(PATIENCE):
        return str(await socket.recv())


async def code_of_end(socket: ClientConnection) -> int:
    async with asyncio.timeout(PATIENCE):
        try:
            while True:
                await socket.recv()
        except ConnectionClosed as end:
            return end.rcvd.code if end.rcvd else 0


House = tuple[Desk, Serving, Board]


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
async def test_a_socket_of_another_site_is_not_opened(house: House, origin: str) -> None:
    desk, site, _ = house
    cookie = await desk.cookie(await desk.add("handler"))
    with pytest.raises(InvalidStatus):
        async with line_to(site, cookie, origin):
            pass


async def test_a_socket_without_a_session_is_closed(house: House) -> None:
    _, site, _ = house
    async with line_to(site, "x" * 43) as socket:
        assert await code_of_end(socket) == 4401


async def test_the_socket_of_somebody_whose_access_ends_is_closed_at_once(house: House) -> None:
    desk, site, _ = house
    mei, boss = await desk.add("handler"), await desk.add("admin")
    async with line_to(site, await desk.cookie(mei)) as socket:
        await watching(socket, "test.list")
        async with desk.store.transaction() as crm:
            await crm.staff.set_active(mei.id, is_active=False)
            crm.nudge("staff", mei.id)
        assert await code_of_end(socket) == 4401
    assert boss.is_active


async def test_the_socket_of_somebody_whose_teams_change_is_closed_to_come_back_with_other_rights(
    house: House,
) -> None:
    desk, site, _ = house
    mei = await desk.add("handler", teams=["north"])
    async with line_to(site, await desk.cookie(mei)) as socket:
        await watching(socket, "test.list")
        async with desk.store.transaction() as crm:
            await crm.staff.set_teams(mei.id, [])
            crm.nudge("staff", mei.id)
        assert await code_of_end(socket) == 4403


async def test_the_socket_of_a_session_that_has_ended_is_closed_by_the_timer(house: House) -> None:
    desk, site, _ = house
    mei = await desk.add("handler")
    async with line_to(site, await desk.cookie(mei)) as socket:
        await watching(socket, "test.list")
        async with desk.store.transaction() as crm:
            await crm.sessions.end_all(mei.id)
        await desk.console.lines.check()
        assert await code_of_end(socket) == 4401


async def test_what_another_process_commits_is_shown_here(house: House, database_url: str) -> None:
    desk, site, board = house
    other = open_store(database_url, pool=2)
    mei = await desk.add("handler")
    async with line_to(site, await desk.cookie(mei)) as socket:
        await watching(socket, "test.list")
        board.words = "from elsewhere"
        async with other.transaction() as crm:
            crm.nudge("desk", 3)
        async with asyncio.timeout(PATIENCE):
            while "from elsewhere" not in str(await socket.recv()):
                pass
    await other.close()


async def test_who_hangs_up_is_forgotten_though_nothing_happens(house: House) -> None:
    desk, site, _ = house
    async with line_to(site, await desk.cookie(await desk.add("handler"))) as socket:
        await watching(socket, "test.list")
    async with asyncio.timeout(PATIENCE):
        while desk.console.hub._lines:
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    "words", ["", "[]", "x", '{"watch": 5, "stamp": ""}', '{"watch": [5, null], "stamp": ""}', "[" * 5000]
)
async def test_what_makes_no_sense_is_passed_over(house: House, words: str) -> None:
    desk, site, _ = house
    async with line_to(site, await desk.cookie(await desk.add("handler"))) as socket:
        await socket.send(words)
        assert "first" in await watching(socket, "test.list")


def test_stamps_tell_what_was_signalled_since_unless_it_was_for_everybody() -> None:
    stamps = Stamps()
    stamps.heard("desk", 1)
    then = stamps.now()
    for topic, number in (("desk", 2), ("thread", 7), ("desk", -3), ("desk", 2)):
        stamps.heard(topic, number)
    assert stamps.since(then, "desk") == frozenset({2, -3})
    assert stamps.since(stamps.now(), "desk") == frozenset()
    assert stamps.since("another.1", "desk") is None
    last = stamps.now()
    stamps.heard("desk", 0)
    assert stamps.since(last, "desk") is None
    assert stamps.since(stamps.now(), "desk") == frozenset()
    stamps.missed()
    assert stamps.since(last, "desk") is None


async def test_what_is_put_together_is_rendered_anew_soon_after(desk: Desk, board: Board, works: None) -> None:
    hub, mei = desk.console.hub, viewer(1)
    hub.register([LivePart("test.patched", {"desk": Hears.ALL}, board.render, CASES, settles=0.05)])
    hub.watch(mei, ["test.patched"], hub._stamps.now())
    desk.store.signals.here("desk", 5)
    await shown(mei)
    board.words = "whole"
    assert "whole" in await shown(mei)
    assert [look.anew for look in board.looks] == [False, True]
    assert board.looks[0].stamp == hub._stamps.now()
