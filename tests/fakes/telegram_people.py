"""The people on the other side of the fake: they say, press, share and block, and updates come of it."""

import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.telegram_files import Files
from tests.fakes.telegram_rules import Refusal, bad


@dataclass
class Person:
    """A private chat; Telegram gives it the id of the person. `open` once they have written to the bot."""

    id: int
    first_name: str = "Anna"
    language: str = "en"
    open: bool = False
    blocked: bool = False
    deactivated: bool = False

    def user(self) -> dict[str, Any]:
        return {"id": self.id, "is_bot": False, "first_name": self.first_name, "language_code": self.language}

    def chat(self) -> dict[str, Any]:
        return {"id": self.id, "type": "private", "first_name": self.first_name}


@dataclass(frozen=True)
class Sent:
    """A message of the bot, as it arrived: `text` after parsing, `buttons` as (label, callback data)."""

    message_id: int
    chat_id: int
    text: str
    markup: dict[str, Any] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)

    @property
    def buttons(self) -> list[tuple[str, str]]:
        rows = self.markup.get("inline_keyboard", [])
        return [(button["text"], button.get("callback_data", "")) for row in rows for button in row]


class People:
    """Who there is, what they got, and what they do. The server says what becomes of an update."""

    def __init__(self) -> None:
        self.people: dict[int, Person] = {}
        self.messages: dict[int, Sent] = {}
        self._received: defaultdict[int, list[Sent]] = defaultdict(list)
        self.open_queries: set[str] = set()
        self.files = Files()
        self._last_message_id = 0

    def add_update(self, kind: str, body: dict[str, Any]) -> int:
        """Queue an update; 0 if the bot has not asked for this kind."""
        raise NotImplementedError

    def bot_user(self) -> dict[str, Any]:
        raise NotImplementedError

    def person(self, chat_id: int, first_name: str = "Anna", language: str = "en") -> Person:
        """Somebody Telegram knows; new ones have not written to the bot yet."""
        return self.people.setdefault(chat_id, Person(chat_id, first_name, language))

    def sent(self, chat_id: int) -> list[Sent]:
        """What a person got, oldest first."""
        return list(self._received[chat_id])

    def deliver(self, message: Sent) -> None:
        self.messages[message.message_id] = message
        self._received[message.chat_id].append(message)

    def user_says(self, chat_id: int, text: str, **fields: Any) -> int:
        """Returns the update's id, as all of these do."""
        return self.user_sends(chat_id, text=text, **fields)

    def user_starts(self, chat_id: int, payload: str = "") -> int:
        """Press Start, or follow ``t.me/bot?start=payload``."""
        return self.user_says(chat_id, f"/start {payload}".strip())

    def user_sends_photo(self, chat_id: int, caption: str = "", content: bytes = b"", **more: Any) -> int:
        """A photo as Telegram tells it: in several sizes, of which only the largest has the `content`."""
        sizes = [(90, 67, b"thumbnail"), (800, 600, b"middling"), (1280, 960, content)]
        photo = [
            {**self._file(each, "photos"), "width": width, "height": height, "file_size": len(each) or 3_000_000}
            for width, height, each in sizes
        ]
        return self.user_sends(chat_id, photo=photo, **({"caption": caption} if caption else {}), **more)

    def user_sends_file(self, chat_id: int, content: bytes, kind: str = "document", **told: Any) -> int:
        """A document, video or voice message; `told` is what the sender claims of it (``file_name``, ``mime_type``)."""
        return self.user_sends(chat_id, **{kind: {**self._file(content, kind), "file_size": len(content), **told}})

    def _file(self, content: bytes, folder: str) -> dict[str, Any]:
        file_id = self.files.add(content, folder)
        return {"file_id": file_id, "file_unique_id": f"u{file_id}"}

    def user_shares_contact(self, chat_id: int, phone: str, own: bool = True) -> int:
        """Share a phone card; somebody else's card carries their id, never the sender's."""
        person = self.person(chat_id)
        card = {"phone_number": phone, "first_name": person.first_name, "user_id": chat_id if own else chat_id + 1}
        return self.user_sends(chat_id, contact=card)

    def user_presses(self, message_id: int, button: str) -> int:
        """Press a button by its label or its data."""
        message = self.messages[message_id]
        data = next(data for label, data in message.buttons if button in (label, data))
        person = self.people[message.chat_id]
        query_id = f"{person.id}{len(self.open_queries):06d}"
        self.open_queries.add(query_id)
        query = {"id": query_id, "from": person.user(), "message": self.as_json(message), "data": data}
        return self.add_update("callback_query", {**query, "chat_instance": "-1"})

    def user_blocks(self, chat_id: int) -> int:
        self.person(chat_id).blocked = True
        return self._membership(chat_id, "member", "kicked")

    def user_unblocks(self, chat_id: int) -> int:
        self.person(chat_id).blocked = False
        return self._membership(chat_id, "kicked", "member")

    def user_sends(self, chat_id: int, **content: Any) -> int:
        """Any message of a person; writing opens the chat."""
        person = self.person(chat_id)
        person.open = True
        who = {"from": person.user(), "chat": person.chat(), "date": int(time.time())}
        return self.add_update("message", {"message_id": self.next_message_id(), **who, **content})

    def next_message_id(self) -> int:
        self._last_message_id += 1
        return self._last_message_id

    def reachable(self, chat_id: str) -> Person:
        """The person a bot may write to now; raises what Telegram answers otherwise."""
        person = self.people.get(int(chat_id)) if chat_id.lstrip("-").isdigit() else None
        if not chat_id:
            raise bad("chat_id is empty")
        if person is None:
            raise bad("chat not found")
        if person.deactivated:
            raise Refusal(403, "Forbidden: user is deactivated")
        if person.blocked:
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        if not person.open:
            raise Refusal(403, "Forbidden: bot can't initiate conversation with a user")
        return person

    def as_json(self, message: Sent) -> dict[str, Any]:
        chat = self.people[message.chat_id].chat()
        body = {"message_id": message.message_id, "from": self.bot_user(), "chat": chat, "date": int(time.time())}
        inline = {"reply_markup": message.markup} if "inline_keyboard" in message.markup else {}
        return {**body, "text": message.text, **inline}

    def _membership(self, chat_id: int, old: str, new: str) -> int:
        person = self.person(chat_id)
        change = {"chat": person.chat(), "from": person.user(), "date": int(time.time())}
        states = {"old_chat_member": old, "new_chat_member": new}
        members = {name: {"user": self.bot_user(), "status": state} for name, state in states.items()}
        return self.add_update("my_chat_member", {**change, **members})
