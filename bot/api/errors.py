"""Every named error and what HTTP says of it: one table, `ANSWERS`; and the handlers that make it true."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from bot.api.last_resort import LastResort
from bot.api.refusals import (
    AttachmentNotFound,
    BodyTooLarge,
    ChannelUnavailable,
    DeliveryForged,
    DeliveryUnreadable,
    FormUnreadable,
    KeyMissing,
    KeyRefused,
    MessageNotTaken,
    NotForOutsiders,
    RecordNotFound,
    ScopeMissing,
    SessionUnknown,
    TooManyAttempts,
    TooManyMessages,
    told,
)
from bot.files.refused import FileRefused, NoRoom
from bot.files.vault import FileMissing
from crm_store.cases.changes import ChangeRefused
from crm_store.cases.handling import AssigneeRefused
from crm_store.cases.labels import LabelRefused
from crm_store.cases.locking import CaseUnknown
from crm_store.cases.merging import MergeRefused
from crm_store.cases.states import MoveRefused
from crm_store.cases.ties import TagUnknown
from crm_store.errors import CareLoopError, StoreUnavailable, ValueRefused
from crm_store.incidents.incidents import IncidentOver, IncidentUnknown
from crm_store.incidents.news import IncidentWordsMissing
from crm_store.privacy.person import CustomerUnknown
from crm_store.records.page import CursorUnknown
from crm_store.remedies.execution import RemedyNeedsMember
from crm_store.remedies.granting import RemedyAmountWrong
from crm_store.remedies.weighing import RemedyNotAllowed, RemedyNotOpen, RemedyUnknown
from crm_store.talks.conversations import ControlMoved


@dataclass(frozen=True)
class Answer:
    """The status and the headers an error is told with."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)


ANSWERS: Mapping[type[CareLoopError], Answer] = {
    StoreUnavailable: Answer(503, {"Retry-After": "5"}),
    ValueRefused: Answer(422),
    ControlMoved: Answer(409),
    CursorUnknown: Answer(422),
    CaseUnknown: Answer(404),
    CustomerUnknown: Answer(404),
    MoveRefused: Answer(409),
    MergeRefused: Answer(409),
    ChangeRefused: Answer(422),
    AssigneeRefused: Answer(422),
    LabelRefused: Answer(422),
    TagUnknown: Answer(422),
    RemedyUnknown: Answer(404),
    RemedyNotOpen: Answer(409),
    RemedyNotAllowed: Answer(403),
    RemedyAmountWrong: Answer(422),
    RemedyNeedsMember: Answer(422),
    IncidentUnknown: Answer(404),
    IncidentOver: Answer(409),
    IncidentWordsMissing: Answer(422),
    KeyMissing: Answer(401, {"WWW-Authenticate": "Bearer"}),
    KeyRefused: Answer(401, {"WWW-Authenticate": 'Bearer error="invalid_token"'}),
    ScopeMissing: Answer(403, {"WWW-Authenticate": 'Bearer error="insufficient_scope"'}),
    TooManyAttempts: Answer(429, {"Retry-After": "60"}),
    RecordNotFound: Answer(404),
    ChannelUnavailable: Answer(409),
    BodyTooLarge: Answer(413, {"Connection": "close"}),
    SessionUnknown: Answer(401, {"WWW-Authenticate": "Bearer"}),
    TooManyMessages: Answer(429, {"Retry-After": "20"}),
    MessageNotTaken: Answer(422),
    FormUnreadable: Answer(422),
    FileRefused: Answer(422),
    FileMissing: Answer(404),
    NoRoom: Answer(503, {"Retry-After": "60"}),
    AttachmentNotFound: Answer(404),
    DeliveryForged: Answer(403),
    DeliveryUnreadable: Answer(422),
    NotForOutsiders: Answer(401, {"WWW-Authenticate": "Bearer"}),
}

FAULT_OF_OURS = Answer(500)
"""What an error without a place in the table is told with."""
REMEDIES = {
    "missing": "is required",
    "extra_forbidden": "is not known here; /docs lists the names that are",
    "json_invalid": "must be valid JSON",
    "string_unicode": "must be valid Unicode text",
}
"""Where pydantic's own sentence names no remedy."""
OTHERWISE = {
    400: "the body must be JSON in UTF-8, without endless numbers and nesting",
    404: "nothing lives at this address",
    405: "this address does not take this method",
}
WHAT_SHOULD = re.compile(r"^(Input|String) should")
PLACES = {"query", "path", "body", "header", "cookie"}
PLAIN_NAME = re.compile(r"[A-Za-z0-9_.\-]{1,64}")


def answer_to(error: CareLoopError, more: Mapping[type[CareLoopError], Answer]) -> Answer:
    """The entry of the error's own class, else of its nearest parent, in `more` before `ANSWERS`."""
    for kind in type(error).__mro__:
        for table in (more, ANSWERS):
            if kind in table:
                return table[kind]
    return FAULT_OF_OURS


def install_errors(app: FastAPI, more: Mapping[type[CareLoopError], Answer] | None = None) -> None:
    """Answer errors of `app` by `ANSWERS` and by `more`, which goes first."""
    table = dict(more or {})

    async def named(request: Request, error: Exception) -> Response:
        assert isinstance(error, CareLoopError)
        answer = answer_to(error, table)
        return JSONResponse(told(error.code, str(error)), answer.status, dict(answer.headers))

    app.add_exception_handler(CareLoopError, named)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _otherwise)
    app.add_middleware(LastResort)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return JSONResponse(told("invalid_request", sentence(error.errors())), 422)


async def _otherwise(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    phrase = HTTPStatus(error.status_code).phrase
    message = OTHERWISE.get(error.status_code, phrase.lower())
    code = re.sub(r"[^a-z]+", "_", phrase.lower())
    return JSONResponse(told(code, message), error.status_code, dict(error.headers or {}))


def sentence(problems: Sequence[Mapping[str, Any]]) -> str:
    """Name each field and what would be right, at most five of them; never the value that came."""
    return "; ".join(f"{_field(problem)} {_remedy(problem)}" for problem in problems[:5])


def _field(problem: Mapping[str, Any]) -> str:
    place, *rest = problem["loc"] or ("request",)
    if problem["type"] == "json_invalid" or not rest:
        return str(place)
    names = [str(part) for part in rest]
    # A name that is not ours came with the request: it is a value, too.
    plain = ".".join(names) if all(PLAIN_NAME.fullmatch(name) for name in names) else "a field"
    return f"{plain} ({place})" if place in PLACES else plain


def _remedy(problem: Mapping[str, Any]) -> str:
    known = REMEDIES.get(str(problem["type"]))
    if known:
        return known
    message = str(problem["msg"]).removeprefix("Value error, ")
    return WHAT_SHOULD.sub("should", message)
