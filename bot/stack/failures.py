"""Why the stack did not start. The message is for the operator and says what to do."""

import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from crm_store.errors import CareLoopError

TAIL = 25
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
NOISE = ("DeprecationWarning", "TensorBoard installation", "declare_namespace", "import pkg_resources", "self._parser.")
"""Parts of lines that Rasa's libraries write at every start and that explain nothing."""


class PartFailed(CareLoopError):
    """One part did not start; carries the end of its log."""

    code = "part_failed"

    def __init__(self, what: str, log: Path, since: int = 0, hint: str = "") -> None:
        shown = [what, "", tail_of(log, since), "", f"The whole log: {log}", hint]
        super().__init__("\n".join(shown).rstrip())


class TrainingFailed(CareLoopError):
    """The model was not trained; the message is what the training said."""

    code = "training_failed"


class PortTaken(CareLoopError):
    """Somebody else listens where the app should."""

    code = "port_taken"


class AlreadyRunning(CareLoopError):
    """Another `up` holds this folder."""

    code = "already_running"


class NotSetUp(CareLoopError):
    """The environment of a part is missing."""

    code = "not_set_up"


def tail_of(log: Path, since: int = 0) -> str:
    """The last lines that say something, of what was written after byte `since`."""
    if not log.exists():
        return "    (nothing was logged)"
    with log.open("rb") as file:
        file.seek(since)
        lines = deque(_telling(file.read().decode("utf-8", "replace")), TAIL)
    return "\n".join(f"    {line}" for line in lines) or "    (nothing was logged)"


def _telling(text: str) -> Iterator[str]:
    for line in COLOUR.sub("", text).splitlines():
        if line.strip() and not any(noise in line for noise in NOISE):
            yield line
