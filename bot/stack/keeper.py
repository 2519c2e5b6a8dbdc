"""Keeps the parts alive: whoever ends is started again, after a pause that grows while it keeps ending."""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic, sleep

from bot.stack.children import Child, Recipe, start, trim

STOP_ORDER = ("train", "app", "rasa", "postgres")
"""The app answers nobody when Rasa or the database go."""
LONGEST_PAUSE = 30.0
STEADY_AFTER = 60.0
"""Seconds alive after which earlier failures are forgotten."""
TRIM_EVERY = 60.0
TICK = 0.25


def pause_before(failures: int) -> float:
    """Seconds to wait before starting again what has ended so many times in a row: 1, 2, 4 … 30."""
    return min(2.0 ** (failures - 1), LONGEST_PAUSE)


@dataclass
class Kept:
    child: Child
    failures: int = 0
    again_at: float | None = None


@dataclass
class Keeper:
    say: Callable[[str], None]
    parts: dict[str, Kept] = field(default_factory=dict)
    trimmed: float = field(default_factory=monotonic)

    def start(self, recipe: Recipe) -> Child:
        return self.keep(start(recipe))

    def keep(self, child: Child) -> Child:
        self.parts[child.recipe.name] = Kept(child)
        return child

    def forget(self, name: str) -> None:
        """It has ended and was meant to."""
        del self.parts[name]

    def watch(self) -> None:
        """Until interrupted."""
        while True:
            self.tick(monotonic())
            sleep(TICK)

    def tick(self, now: float) -> None:
        for name, kept in self.parts.items():
            if kept.again_at is not None:
                self._start_again(kept, now)
            elif not kept.child.alive:
                self._plan(name, kept, now)
        if now - self.trimmed > TRIM_EVERY:
            self.trimmed = now
            for kept in self.parts.values():
                trim(kept.child.recipe.log)

    def _plan(self, name: str, kept: Kept, now: float) -> None:
        steady = now - kept.child.started > STEADY_AFTER
        kept.failures = 1 if steady else kept.failures + 1
        pause = pause_before(kept.failures)
        kept.again_at = now + pause
        code = kept.child.process.returncode
        self.say(f"{name} ended (exit code {code}); starting it again in {pause:.0f} s. Log: {kept.child.recipe.log}")

    def _start_again(self, kept: Kept, now: float) -> None:
        if kept.again_at is not None and now >= kept.again_at:
            kept.child.stop()
            kept.child = start(kept.child.recipe)
            kept.again_at = None
            self.say(f"{kept.child.recipe.name} was started again")

    def stop(self) -> None:
        """In order, each before the next, so that nobody loses what they still need."""
        for name in sorted(self.parts, key=STOP_ORDER.index):
            self.parts[name].child.stop()
        self.parts.clear()
