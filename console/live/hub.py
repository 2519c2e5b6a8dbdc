"""The hub: hears the signals, renders each part once for all who may share it, and hands it to their sockets."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime

import structlog

from console.live.due import Due
from console.live.line import Group, Line, Viewer
from console.live.part import ARGUMENT, LivePart, Look, Shown
from console.live.stamps import Stamps
from console.live.together import Together
from crm_store.errors import StoreUnavailable
from crm_store.signals import Signals
from crm_store.staff.scope import Scope

PAUSE = 0.02
"""Seconds after a rendering in which a burst of signals becomes one; the first signal after a quiet time waits for
nothing."""
AT_ONCE = 4
"""Parts rendered side by side: each needs a connection to the database."""
AGAIN_AFTER = 2.0
"""Seconds until a part is tried again that the store could not give."""
MOST_PARTS = 40
"""On one page."""

TOPICS = ("desk", "talk", "thread", "case", "notice", "staff", "presence", "looking", "campaign", "care", "rehearsal")

log = structlog.get_logger("careloop")


class Hub:
    """One for each process."""

    def __init__(self, signals: Signals, now: Callable[[], datetime], stamps: Stamps) -> None:
        self._signals = signals
        self._now = now
        self._stamps = stamps
        self._parts: dict[str, LivePart] = {}
        self._lines: dict[Group, set[Line]] = defaultdict(set)
        self._concerned: dict[tuple[str, int | None], set[Group]] = defaultdict(set)
        self._prompt = Due()
        self._leisurely = Due()

    def register(self, parts: Iterable[LivePart]) -> None:
        self._parts |= {part.name: part for part in parts}

    async def run(self) -> None:
        """Render what is signalled, until cancelled."""
        listeners = {topic: self._hearing(topic) for topic in TOPICS} | {"missed": lambda _: self._look_at_all()}
        with self._signals.listening_to(listeners):
            await asyncio.gather(self._keep_rendering(self._prompt, AT_ONCE), self._keep_rendering(self._leisurely, 1))

    async def _keep_rendering(self, due: Due, at_once: int) -> None:
        while True:
            groups = await due.taken()
            await self._render(groups, at_once, due is self._leisurely)
            await asyncio.sleep(PAUSE)

    def watch(self, line: Line, wanted: Iterable[str], stamp: str) -> None:
        """From now on `line` shows these parts (``name:argument``), some of them as they were at `stamp`.

        What it showed before and still shows stays on its way: it may be newer than what was just loaded, or older.
        """
        groups = dict.fromkeys(self._groups(line.viewer, wanted))
        self._part_with(line, [group for group in line.groups if group not in groups])
        for group in groups:
            line.has.pop(group, None)
            self._lines[group].add(line)
            for key in group.numbers():
                self._concerned[key].add(group)
                if self._stamps.is_stale(stamp, *key):
                    self._mark(group)
        line.groups = list(groups)

    def leave(self, line: Line) -> None:
        """It shows nothing any more."""
        self._part_with(line, line.groups)
        line.groups = []

    def _part_with(self, line: Line, groups: Iterable[Group]) -> None:
        for group in groups:
            line.waiting.pop(group, None)
            line.has.pop(group, None)
            self._lines[group].discard(line)
            if not self._lines[group]:
                self._forget(group)

    def _groups(self, viewer: Viewer, wanted: Iterable[str]) -> Iterable[Group]:
        """Those that exist and that this role may see; each once."""
        for name, argument in dict.fromkeys(_split(each) for each in list(wanted)[:MOST_PARTS]):
            part = self._parts.get(name)
            if part is None or viewer.scope.role not in part.roles or not ARGUMENT.fullmatch(argument):
                continue
            personal = part.shown is Shown.PERSON
            scope = viewer.scope if personal else Scope(0, viewer.scope.role, viewer.scope.teams)
            yield Group(part, argument, Viewer(scope, viewer.language))

    def _forget(self, group: Group) -> None:
        del self._lines[group]
        self._prompt.forget(group)
        self._leisurely.forget(group)
        for key in group.numbers():
            self._concerned[key].discard(group)
            if not self._concerned[key]:
                del self._concerned[key]

    def _hearing(self, topic: str) -> Callable[[int], None]:
        def hear(number: int) -> None:
            self._stamps.heard(topic, number)
            everybody = number == 0
            for (about, which), groups in list(self._concerned.items()) if everybody else []:
                if about == topic and which is not None:
                    self._mark(*groups)
            for key in ((topic, number), (topic, None)):
                self._mark(*self._concerned.get(key, ()))

        return hear

    def _look_at_all(self) -> None:
        self._stamps.missed()
        self._mark(*self._lines)

    def _mark(self, *groups: Group) -> None:
        """What need not be true at every moment never holds up what has to be."""
        for group in groups:
            if group.part.rest:
                self._leisurely.mark([group])
                continue
            self._prompt.mark([group])
            if group.part.settles:
                self._leisurely.mark_later(group, group.part.settles)

    def _mark_again(self, group: Group) -> None:
        if group in self._lines:
            self._mark(group)

    async def _render(self, groups: list[Group], at_once: int, anew: bool) -> None:
        room, together, stamp = asyncio.Semaphore(at_once), Together(), self._stamps.now()

        async def one(group: Group) -> None:
            async with room:
                scope, language = group.viewer.scope, group.viewer.language
                look = Look(scope, language, group.argument, self._now(), together, stamp, self._stamps, anew)
                html = await self._html(group, look)
            for line in tuple(self._lines.get(group, ())):
                line.put(group, html) if html else None
            # Hundreds of parts with nothing to wait for would keep the requests out.
            await asyncio.sleep(0)

        await asyncio.gather(*(one(group) for group in groups))

    async def _html(self, group: Group, look: Look) -> str:
        try:
            return await group.part.render(look)
        except Exception as error:
            # One part that breaks must not stop the others; what an error says may quote a shopper.
            log.warning("live_part_not_rendered", part=group.part.name, kind=type(error).__name__)
            if isinstance(error, StoreUnavailable):
                asyncio.get_running_loop().call_later(AGAIN_AFTER, self._mark_again, group)
            return ""


def _split(wanted: str) -> tuple[str, str]:
    name, _, argument = wanted.partition(":")
    return name, argument
