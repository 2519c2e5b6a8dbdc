"""What `up` shows while it works: a clock per part on a terminal, plain lines everywhere else."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from types import TracebackType

from rich.console import Console
from rich.progress import Progress as Clocks
from rich.progress import SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn


class Progress:
    """Parts may overlap: each is begun, and done some time later."""

    def __init__(self, console: Console) -> None:
        self.console = console
        columns = (TextColumn(" "), SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        self._clocks = Clocks(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._begun: dict[str, tuple[float, TaskID]] = {}

    def __enter__(self) -> "Progress":
        self._clocks.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._clocks.stop()

    def say(self, text: str) -> None:
        self.console.print(f"    {text}", soft_wrap=True)

    def begin(self, part: str, note: str = "") -> None:
        described = f"{part}  {note}".rstrip()
        self._begun[part] = (monotonic(), self._clocks.add_task(described))
        if not self.console.is_terminal:
            self.console.print(f"  … {described}")

    def done(self, part: str, note: str = "") -> None:
        started, clock = self._begun.pop(part)
        self._clocks.remove_task(clock)
        line = f"  ✓ {part:<12} {monotonic() - started:5.1f} s  {note}".rstrip()
        self.console.print(line)

    @contextmanager
    def part(self, name: str, note: str = "") -> Iterator[None]:
        self.begin(name, note)
        yield
        self.done(name)
