"""What the web side itself refuses, by name, and the one shape every refusal is told in.

A caller always gets ``{"error": {"code", "message"}}``: the code is stable, the message plain English without values.
"""

from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, Field

from crm_store.errors import CareLoopError


class KeyMissing(CareLoopError):
    """The request shows no API key."""

    code = "key_missing"


class KeyRefused(CareLoopError):
    """The key shown is unknown, revoked or not a key at all; which of these is not told."""

    code = "key_refused"


class ScopeMissing(CareLoopError):
    """A good key that may not do this."""

    code = "scope_missing"


class TooManyAttempts(CareLoopError):
    """This address has shown too many wrong keys lately."""

    code = "too_many_attempts"


class RecordNotFound(CareLoopError):
    """There is no such record; `code` is e.g. ``customer_not_found``."""

    def __init__(self, noun: str, record_id: int | str) -> None:
        super().__init__(f"there is no {noun} {record_id}")
        self.code = f"{noun}_not_found"


class ChannelUnavailable(CareLoopError):
    """The channel is not set up in this shop."""

    code = "channel_unavailable"


class BodyTooLarge(CareLoopError):
    """The request body is longer than anything we read."""

    code = "body_too_large"


class NotForOutsiders(CareLoopError):
    """Only for requests from this machine, or with the operator's token."""

    code = "not_for_outsiders"


class SessionUnknown(CareLoopError):
    """The web-chat token is not ours, or has lapsed."""

    code = "session_unknown"


class TooManyMessages(CareLoopError):
    """One visitor or one address writes faster than a person can."""

    code = "too_many_messages"


class MessageNotTaken(CareLoopError):
    """The message cannot be read at all."""

    code = "message_not_taken"


class FormUnreadable(CareLoopError):
    """The body is no form with one file in it."""

    code = "form_unreadable"


class AttachmentNotFound(CareLoopError):
    """There is no such file in this conversation, or it has not been kept."""

    code = "attachment_not_found"

    def __init__(self) -> None:
        super().__init__("there is no such attachment in this conversation")


class DeliveryForged(CareLoopError):
    """A webhook call that does not prove its sender. Nothing of it is kept."""

    code = "delivery_forged"


class DeliveryUnreadable(CareLoopError):
    """A proved webhook call whose body is no JSON object."""

    code = "delivery_unreadable"


class Problem(BaseModel):
    """What went wrong."""

    code: str = Field(description="Stable; made for programs.", examples=["customer_not_found"])
    message: str = Field(description="For people; may change.", examples=["there is no customer 4711"])


class ErrorBody(BaseModel):
    """The body of every answer that is not a success."""

    error: Problem


def told(code: str, message: str) -> dict[str, Any]:
    """The body as JSON-able data."""
    return {"error": {"code": code, "message": message}}


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The entries of these statuses for a route's API documentation."""
    return {status: {"model": ErrorBody, "description": HTTPStatus(status).phrase} for status in statuses}
