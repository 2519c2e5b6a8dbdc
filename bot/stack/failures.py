"""Why the stack did not start. The message is for the operator and says what to do."""

from collections import deque
from pathlib import Path

from crm_store.errors import CareLoopError

TAIL = 25


class PartFailed(CareLoopError):
    """One part did not start; carries the end of its log."""

    code = "part_failed"

    def __init__(self, what: str, log: Path, hint: str = "") -> None:
        super().__init__("\n".join(filter(None, [what, "", tail_of(log), "", f"The whole log: {log}", hint])))
        self.log = log


class PortTaken(CareLoopError):
    """Somebody else listens where the app should."""

    code = "port_taken"


class AlreadyRunning(CareLoopError):
    """Another `up` holds this folder."""

    code = "already_running"


def tail_of(log: Path) -> str:
    if not log.exists():
        return "(nothing was logged)"
    with log.open(encoding="utf-8", errors="replace") as lines:
        return "".join(f"    {line}" for line in deque(lines, TAIL)).rstrip()
