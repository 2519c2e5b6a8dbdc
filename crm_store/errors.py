"""The one tree of named errors; HTTP learns of them in `bot/api/errors.py`."""


class CareLoopError(Exception):
    """Something a caller can act on: `code` is stable, the message is plain English and holds no secret."""

    code = "careloop_error"


class StoreUnavailable(CareLoopError):
    """The database does not answer. Nothing of the transaction was kept; try again shortly."""

    code = "store_unavailable"


class ValueRefused(CareLoopError):
    """No row can hold a value: a number beyond 64 bits, a NUL sign in a text. Nothing of the transaction was kept."""

    code = "value_refused"
