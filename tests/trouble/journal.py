"""Everything a house writes into its log, kept so that it can be searched for what must not be there."""

import io
import logging

import structlog

from bot.serving import log_plainly

UVICORN = ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi")


class Journal:
    """Takes every log record and every structlog line, tracebacks and all. `secrets` must never be among them."""

    def __init__(self) -> None:
        self._lines = io.StringIO()
        self._handler = logging.StreamHandler(self._lines)
        self._handler.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
        self.secrets: set[str] = set()

    def open(self) -> None:
        log_plainly("info")
        logging.getLogger().addHandler(self._handler)
        structlog.configure(logger_factory=structlog.PrintLoggerFactory(file=self._lines))

    def listen_to_uvicorn(self) -> None:
        """It replaces the handlers of its loggers at every start."""
        logger = logging.getLogger("uvicorn")
        if self._handler not in logger.handlers:
            logger.addHandler(self._handler)

    def close(self) -> None:
        for name in ("", "uvicorn"):
            logging.getLogger(name).removeHandler(self._handler)
        structlog.reset_defaults()

    @property
    def text(self) -> str:
        return self._lines.getvalue()

    def told(self) -> list[str]:
        """The secrets that were written down."""
        written = self.text
        return [secret for secret in sorted(self.secrets) if secret and secret in written]
