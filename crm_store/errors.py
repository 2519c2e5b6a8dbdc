"""The one tree of named errors; HTTP learns of them in `bot/api/errors.py`."""


class CareLoopError(Exception):
    """Something a caller can act on: `code` is stable, the message is plain English and holds no secret."""

    code = "careloop_error"
