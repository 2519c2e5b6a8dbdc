"""Writing Telegram messages: https://core.telegram.org/bots/api#sendmessage.

Text goes out without a parse mode: it is never markup, so nothing in it needs escaping and nothing in it can break.
"""

from collections.abc import Sequence
from typing import Any

from bot.channels.base import Choice, Outbound, Rendered

MAX_TEXT = 4096
MAX_CHOICES = 100
LABEL_MAX = 64
BUTTONS_PER_ROW = 8
DATA_BYTES = 64
# About what a phone shows on one line of equally wide buttons, in Latin letters.
_ROW_WIDTH = 32
_ELLIPSIS = "…"


def render_message(message: Outbound) -> Rendered:
    """The parameters of one sendMessage. A card request takes the only keyboard there is, so choices become text."""
    findings: list[str] = []
    payload: dict[str, Any] = {"chat_id": clean(message.address)}
    text, listed, choices = clean(message.text), "", message.choices[:MAX_CHOICES]
    if len(choices) < len(message.choices) or any(utf16(choice.label) > LABEL_MAX for choice in choices):
        findings.append("choices_cut")
    if choices and (message.asks_contact or not all(_fits(choice) for choice in choices)):
        findings.append("choices_as_text")
        listed, choices = _listed(choices), ()
    if message.asks_contact:
        payload["reply_markup"] = _card_keyboard(message.asks_contact)
    elif choices:
        payload["reply_markup"] = {"inline_keyboard": _rows(choices)}
    if utf16(text + listed) > MAX_TEXT:
        findings.append("truncated")
    # The text gives way to the choices under it, not the other way round.
    payload["text"] = cut(cut(text, max(1, MAX_TEXT - utf16(listed))) + listed, MAX_TEXT)
    return Rendered(payload, tuple(findings))


def clean(text: str) -> str:
    """The text without what neither a wire nor a database takes: NUL and halves of surrogate pairs."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def utf16(text: str) -> int:
    """Length in UTF-16 code units, the way Telegram counts: an emoji is two."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, limit: int) -> str:
    """The text if it fits `limit` UTF-16 units, else its beginning and an ellipsis; no character is split."""
    if utf16(text) <= limit:
        return text
    kept = text[: limit - 1]
    while utf16(kept) > limit - 1:
        kept = kept[: len(kept) - max(1, (utf16(kept) - limit + 1) // 2)]
    return kept + _ELLIPSIS


def _fits(choice: Choice) -> bool:
    return bool(choice.label.strip()) and 1 <= len(choice.id.encode("utf-8", "replace")) <= DATA_BYTES


def _listed(choices: Sequence[Choice]) -> str:
    lines = [f"{number}. {_label(choice.label)}" for number, choice in enumerate(choices, 1)]
    return "\n\n" + "\n".join(lines)


def _label(label: str) -> str:
    return cut(clean(label), LABEL_MAX)


def _card_keyboard(label: str) -> dict[str, Any]:
    button = {"text": _label(label), "request_contact": True}
    return {"keyboard": [[button]], "one_time_keyboard": True, "resize_keyboard": True}


def _rows(choices: Sequence[Choice]) -> list[list[dict[str, str]]]:
    """Buttons in rows as long as all labels of a row stay readable; a row's buttons share its width evenly."""
    rows: list[list[dict[str, str]]] = []
    widest = 0
    for choice in choices:
        label = _label(choice.label)
        widest = max(widest, _width(label)) if rows else _width(label)
        if not rows or len(rows[-1]) == BUTTONS_PER_ROW or widest * (len(rows[-1]) + 1) > _ROW_WIDTH:
            rows.append([])
            widest = _width(label)
        rows[-1].append({"text": label, "callback_data": choice.id})
    return rows


def _width(label: str) -> int:
    # Two for CJK and emoji; four for the button's own edges.
    return 4 + sum(2 if character >= "\u1100" else 1 for character in label)
