"""Files in web chat: one upload a message, judged and kept before it is acknowledged; and back to their own thread."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from bot.api.refusals import AttachmentNotFound, FormUnreadable, TooManyMessages, documented
from bot.conversation.language import MAX_TEXT, clean
from bot.files.intake import Intake
from bot.files.showing import shown
from bot.web.allowance import Allowance
from bot.web.desk import Taken, WebChatDesk

UPLOADS = "/channels/webchat/attachments"
AROUND = 64 * 1024
"""Bytes of a form around the file itself: the words, the names, the boundaries."""
PER_MINUTE = 20
"""Files from one network address: what a family sends, and not what fills a disk."""
FORM = {
    "required": ["client_message_id", "file"],
    "properties": {
        "client_message_id": {"type": "string", "pattern": "^[A-Za-z0-9_-]{8,64}$"},
        "text": {"type": "string", "maxLength": MAX_TEXT, "description": "words that come with the file"},
        "file": {"type": "string", "format": "binary", "description": "JPEG, PNG, WebP, GIF, PDF, MP4, Ogg or WebM"},
    },
}


class NewFile(BaseModel):
    """What a form says beside its file; the same `client_message_id` twice is one message."""

    model_config = ConfigDict(extra="forbid")

    client_message_id: str = Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")
    text: str = Field("", max_length=MAX_TEXT)


@dataclass(frozen=True)
class Upload:
    """One form, read."""

    message: NewFile
    content: bytes
    name: str


class FileDesk:
    """What the two routes share: who may send how often, and what a file goes through."""

    def __init__(self, desk: WebChatDesk, intake: Intake, now: Callable[[], datetime]) -> None:
        self.desk = desk
        self.intake = intake
        self._now = now
        self._addresses = Allowance(PER_MINUTE, seconds=60)

    async def take(self, request: Request, authorization: str) -> int:
        """The message's id once the file is safe. The token and the allowance come before a byte of the body."""
        visitor = self.desk.bearer(authorization)
        self.desk.allow(visitor)
        if not self._addresses.take(request.client.host if request.client else "", self._now()):
            raise TooManyMessages("too many files from this address in a minute; please wait a little")
        upload = await _read(request, self.intake.most)
        kept = await self.intake.keep(upload.content, upload.name)
        said = upload.message.model_dump(exclude_defaults=True)
        return await self.desk.keep(visitor, {**said, "file": {"digest": kept.digest, "name": kept.name}}, [kept])

    async def show(self, token: str, authorization: str) -> FileResponse:
        """A file of the visitor's own thread."""
        conversation_id = await self.desk.threads.of(self.desk.bearer(authorization))
        attachment = await self.desk.threads.attachment(conversation_id, token)
        if attachment is None:
            raise AttachmentNotFound
        out = shown(self.intake.vault, attachment)
        return FileResponse(out.path, media_type=out.media_type, headers=dict(out.headers))


def attachments_router(desk: WebChatDesk, intake: Intake, now: Callable[[], datetime]) -> APIRouter:
    """``POST /channels/webchat/attachments`` and ``GET /channels/webchat/attachments/{token}``."""
    files = FileDesk(desk, intake, now)
    router = APIRouter(prefix=UPLOADS, tags=["web chat"])
    form: dict[str, Any] = {"requestBody": {"content": {"multipart/form-data": {"schema": FORM}}, "required": True}}

    @router.post("", status_code=202, responses=documented(401, 413, 422, 429, 503), openapi_extra=form)
    async def send(request: Request, authorization: Annotated[str, Header()] = "") -> Taken:
        return Taken(interaction_id=await files.take(request, authorization))

    @router.get("/{token}", responses=documented(401, 404, 503), response_class=FileResponse)
    async def show(
        token: Annotated[str, Path(max_length=64)], authorization: Annotated[str, Header()] = ""
    ) -> FileResponse:
        return await files.show(token, authorization)

    return router


async def _read(request: Request, most: int) -> Upload:
    """Raises `FormUnreadable`, and what an invalid request raises. A byte too many is enough to tell too large."""
    try:
        async with request.form(max_files=1, max_fields=3, max_part_size=AROUND) as form:
            file = form.get("file")
            if not isinstance(file, UploadFile):
                raise FormUnreadable("the body must be multipart/form-data with the file in the field `file`")
            fields = {name: value for name, value in form.items() if name != "file"}
            message = NewFile.model_validate(fields)
            return Upload(_clean(message), await file.read(most + 1), file.filename or "")
    except HTTPException as error:
        raise FormUnreadable("the form cannot be read: one file, and at most 64 KB of words") from error
    except ValidationError as error:
        problems = [{**problem, "loc": ("body", *problem["loc"])} for problem in error.errors(include_input=False)]
        raise RequestValidationError(problems) from None


def _clean(message: NewFile) -> NewFile:
    return message.model_copy(update={"text": clean(message.text)})
