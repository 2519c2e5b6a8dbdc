"""The database of this copy for a command of a moment, whether `up` is running or not."""

from collections.abc import Iterator
from contextlib import contextmanager

from bot.settings import Settings
from bot.stack.folders import Folders
from bot.stack.only_one import only_one, running_pid
from bot.stack.postgres import start_postgres


@contextmanager
def reached_database(settings: Settings) -> Iterator[str]:
    """Its address: the one given, else that of the running copy, else of a server started for as long as this takes."""
    folders = Folders(settings.var.resolve()).made()
    if settings.database_url:
        yield settings.database_url
    elif running_pid(folders):
        yield start_postgres(folders.var).url
    else:
        with only_one(folders):
            server = start_postgres(folders.var)
            try:
                yield server.url
            finally:
                server.stop()
