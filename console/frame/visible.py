"""Pure: signs nobody sees (control, direction, zero width) shown as what they are, so that no text can pretend."""

import re
import unicodedata

from markupsafe import Markup, escape

# Line ends, tabs and the joiners that scripts and composed emoji are written with stay as they are.
_UNSEEN = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0d\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_SIGN = Markup('<span class="unseen-sign" title="{}">U+{}</span>')


def visible(text: str) -> Markup:
    """The text escaped, with every such sign as its code point."""
    lines = text.replace("\r\n", "\n")
    shown, at = Markup(), 0
    for found in _UNSEEN.finditer(lines):
        shown += escape(lines[at : found.start()]) + _named(found.group())
        at = found.end()
    return shown + escape(lines[at:])


def plain(text: str) -> str:
    """The text without such signs, for fields in which somebody goes on writing."""
    return _UNSEEN.sub("", text.replace("\r\n", "\n"))


def _named(sign: str) -> Markup:
    return _SIGN.format(unicodedata.name(sign, "CONTROL"), f"{ord(sign):04X}")
