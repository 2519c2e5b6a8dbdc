"""Reading Telegram updates: https://core.telegram.org/bots/api#update."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import phonenumbers

from bot.channels.base import Contact, Inbound, InboundKind, Malformed, Media
from bot.channels.telegram_files import MOST_BYTES
from bot.channels.telegram_message import clean

_START = re.compile(r"/start(?:@\w+)?(?:\s+([A-Za-z0-9_-]{1,64}))?\s*")
# The first that is there is the file: an animation comes as a document, too, and both are the same.
_MEDIA = ("photo", "animation", "video", "video_note", "voice", "audio", "document")
# What a shopper can send that we cannot read; service messages (pins, timers) are not among them.
_UNREADABLE = ("sticker", "location", "venue", "poll", "dice", "story", "game", "paid_media", "checklist")
_FORWARDED = ("forward_origin", "forward_date", "forward_from", "forward_sender_name")
_MEMBERSHIP = {"kicked": InboundKind.BLOCKED, "member": InboundKind.UNBLOCKED}
# Numbers of Fragment, bought without a SIM: they prove nothing about a person.
_ANONYMOUS = 888


@dataclass(frozen=True)
class _Part:
    """One object of an update that knows where it stands, so that what is wrong in it can be named."""

    values: Mapping[str, Any]
    path: str = ""

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def part(self, name: str) -> "_Part":
        value = self.values.get(name)
        if not isinstance(value, Mapping):
            raise Malformed(f"{self.path}{name} must be an object")
        return _Part(value, f"{self.path}{name}.")

    def integer(self, name: str) -> int:
        value = self.values.get(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise Malformed(f"{self.path}{name} must be an integer")
        return value

    def text(self, name: str) -> str:
        """Empty if absent."""
        value = self.values.get(name, "")
        if not isinstance(value, str):
            raise Malformed(f"{self.path}{name} must be text")
        return clean(value)

    def moment(self, name: str) -> datetime:
        try:
            return datetime.fromtimestamp(self.integer(name), UTC)
        except (OverflowError, ValueError, OSError):
            raise Malformed(f"{self.path}{name} must be a time in Unix seconds") from None

    def parts(self, name: str) -> "list[_Part]":
        value = self.values.get(name)
        if not isinstance(value, list) or not value or not all(isinstance(each, Mapping) for each in value):
            raise Malformed(f"{self.path}{name} must be a list of objects")
        return [_Part(each, f"{self.path}{name}.{place}.") for place, each in enumerate(value)]

    def any_of(self, names: tuple[str, ...]) -> bool:
        return any(name in self.values for name in names)


@dataclass(frozen=True)
class _What:
    """What happened, before it is known who did it."""

    kind: InboundKind
    text: str = ""
    choice_id: str = ""
    contact: Contact | None = None
    media: tuple[Media, ...] = ()


def read_update(event: Mapping[str, Any]) -> Inbound | None:
    """One update of a private chat with a person; None for all others. Raises `Malformed` with the field's path."""
    update = _Part(event)
    update_id = update.integer("update_id")
    for name, read in _READERS.items():
        if name in update:
            return read(str(update_id), update.part(name), dict(event))
    return None


def _message(key: str, message: _Part, raw: dict[str, Any]) -> Inbound | None:
    if message.part("chat").text("type") != "private":
        return None
    what = _content(message)
    return _inbound(key, message, raw, what, message.moment("date")) if what else None


def _callback_query(key: str, query: _Part, raw: dict[str, Any]) -> Inbound | None:
    if "data" not in query or "message" not in query:
        return None
    if query.part("message").part("chat").text("type") != "private":
        return None
    return _inbound(key, query, raw, _What(InboundKind.BUTTON, choice_id=query.text("data")), None)


def _my_chat_member(key: str, change: _Part, raw: dict[str, Any]) -> Inbound | None:
    if change.part("chat").text("type") != "private":
        return None
    kind = _MEMBERSHIP.get(change.part("new_chat_member").text("status"))
    return _inbound(key, change, raw, _What(kind), change.moment("date")) if kind else None


_READERS = {"message": _message, "callback_query": _callback_query, "my_chat_member": _my_chat_member}


def _inbound(key: str, part: _Part, raw: dict[str, Any], what: _What, sent_at: datetime | None) -> Inbound | None:
    sender = part.part("from")
    if sender.values.get("is_bot") is True:
        return None
    names = (sender.text("first_name"), sender.text("last_name"))
    return Inbound(
        key=key,
        kind=what.kind,
        address=str(sender.integer("id")),
        raw=raw,
        text=what.text,
        choice_id=what.choice_id,
        contact=what.contact,
        media=what.media,
        display_name=" ".join(name for name in names if name),
        language_hint=sender.text("language_code"),
        sent_at=sent_at,
        quoted=_quoted(part),
    )


def _quoted(part: _Part) -> str:
    """The message a reply picked; one that cannot be read is none: the words count all the same."""
    replied = part.values.get("reply_to_message")
    number = replied.get("message_id") if isinstance(replied, Mapping) else None
    return str(number) if isinstance(number, int) else ""


def _content(message: _Part) -> _What | None:
    if "text" in message:
        return _words(message.text("text"))
    if "contact" in message:
        return _card(message)
    if message.any_of(_MEDIA):
        return _What(InboundKind.MEDIA, message.text("caption"), media=(_media(message),))
    return _What(InboundKind.UNSUPPORTED) if message.any_of(_UNREADABLE) else None


def _media(message: _Part) -> Media:
    if "photo" in message:
        return _file(_largest(message.parts("photo")))
    return _file(message.part(next(name for name in _MEDIA if name in message)))


def _largest(sizes: list[_Part]) -> _Part:
    """The same photo in several sizes: the largest that a bot may fetch, else the smallest."""
    in_order = sorted(sizes, key=_weight)
    fitting = [size for size in in_order if _weight(size)[0] <= MOST_BYTES]
    return fitting[-1] if fitting else in_order[0]


def _weight(size: _Part) -> tuple[int, int]:
    """Bytes, and pixels where Telegram leaves the bytes out."""
    told = size.integer("file_size") if "file_size" in size else 0
    return told, size.integer("width") * size.integer("height") if "width" in size and "height" in size else 0


def _file(part: _Part) -> Media:
    file_id = part.text("file_id")
    if not file_id:
        raise Malformed(f"{part.path}file_id must not be empty")
    size = part.integer("file_size") if "file_size" in part else 0
    return Media(file_id, part.text("mime_type"), part.text("file_name"), size)


def _words(text: str) -> _What:
    start = _START.fullmatch(text)
    if start is None:
        return _What(InboundKind.MESSAGE, text)
    # Without its payload: that is no word of the shopper's, and whoever reads it may follow the link first.
    return _What(InboundKind.START, "/start", choice_id=start.group(1) or "")


def _card(message: _Part) -> _What:
    """A shared phone card. Telegram fills in `contact.user_id` from the number itself, so only it proves an owner."""
    card = message.part("contact")
    phone = _e164(card)
    if not phone:
        return _What(InboundKind.UNSUPPORTED)
    owner = card.integer("user_id") if "user_id" in card else None
    is_own = owner == message.part("from").integer("id") and not message.any_of(_FORWARDED)
    return _What(InboundKind.CONTACT, contact=Contact(phone, is_own))


def _e164(card: _Part) -> str:
    """The number as +4477009...; empty if it cannot be one or is anonymous. Telegram leaves the plus out at times."""
    given = card.text("phone_number")
    if not given:
        raise Malformed(f"{card.path}phone_number must be text")
    try:
        number = phonenumbers.parse(f"+{given.lstrip('+')}")
    except phonenumbers.NumberParseException:
        return ""
    if number.country_code == _ANONYMOUS or not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
