"""What the web chat's routes share: the shapes of its contract, who may write how often, the way in, the thread."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.api.refusals import MessageNotTaken, SessionUnknown, TooManyMessages
from bot.conversation.inbox import WayIn
from bot.conversation.language import MAX_TEXT, clean
from bot.conversation.thread import Threads
from bot.conversation.visitors import Visitor, new_token, visitor_of
from bot.web.allowance import Allowance
from crm_store.cases.attachments import KeptFile


class NewSession(BaseModel):
    """`language` is the page's; the conversation follows what the shopper writes."""

    language: Literal["en", "zh"] = "en"


class Session(BaseModel):
    """Keep the token: it is the only key to this thread. It lapses after 30 days."""

    token: str
    conversation_id: int


class NewMessage(BaseModel):
    """Words, the id of a quick reply, or a deep link's token; the same `client_message_id` twice is one message."""

    model_config = ConfigDict(extra="forbid")

    client_message_id: str = Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")
    text: str = Field("", max_length=MAX_TEXT)
    payload: str = Field("", max_length=64)
    start: str = Field("", max_length=64, pattern=r"^[A-Za-z0-9_-]*$")

    @model_validator(mode="after")
    def _one_of_three(self) -> Self:
        given = [each for each in (self.text, self.payload, self.start) if each]
        if len(given) != 1 or not clean(given[0]):
            raise ValueError("text, payload or start must be given, one of them, and not blank")
        return self


class Taken(BaseModel):
    """The message is kept; the answer comes by `GET` or over the socket."""

    interaction_id: int


@dataclass(frozen=True)
class WebChatLimits:
    """What one person can want: messages of one visitor, new chats from one network address."""

    messages_per_minute: int = 40
    sessions_per_minute: int = 30


class WebChatDesk:
    """What the routes share: who may write how often, the way in, the thread."""

    def __init__(
        self, way_in: WayIn, threads: Threads, limits: WebChatLimits, secret: bytes, now: Callable[[], datetime]
    ) -> None:
        self.threads = threads
        self._way_in = way_in
        self._secret = secret
        self._now = now
        self._sessions = Allowance(limits.sessions_per_minute, seconds=60)
        self._messages = Allowance(limits.messages_per_minute, seconds=60)

    async def open(self, address: str, language: str) -> Session:
        if not self._sessions.take(address, self._now()):
            raise TooManyMessages("too many new chats from this address; try again in a minute")
        visitor, token = new_token(self._secret, self._now())
        return Session(token=token, conversation_id=await self.threads.open(visitor, language))

    def visitor(self, token: str) -> Visitor:
        visitor = visitor_of(self._secret, token, self._now())
        if visitor is None:
            raise SessionUnknown("this chat session is not known or has lapsed; open a new one")
        return visitor

    def bearer(self, authorization: str) -> Visitor:
        """Whose ``Authorization: Bearer`` this is; raises `SessionUnknown`."""
        scheme, _, token = authorization.partition(" ")
        return self.visitor(token if scheme.lower() == "bearer" else "")

    async def take(self, visitor: Visitor, message: NewMessage) -> int:
        self.allow(visitor)
        return await self.keep(visitor, message.model_dump(exclude_defaults=True))

    def allow(self, visitor: Visitor) -> None:
        """Count one more message; raises `TooManyMessages`."""
        if not self._messages.take(visitor.address, self._now()):
            raise TooManyMessages("too many messages in a minute; please wait a little")

    async def keep(self, visitor: Visitor, event: Mapping[str, Any], files: Sequence[KeptFile] = ()) -> int:
        """The id of the message this event is, now or before."""
        kept = await self._way_in.keep(self.threads.channel, {"visitor": visitor.address, **event}, files)
        if kept is None or kept.interaction_id is None:
            raise MessageNotTaken("this message could not be read")
        self.threads.belongs(visitor, kept.conversation_id)
        return kept.interaction_id
