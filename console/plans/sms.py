"""Pure: how many parts an SMS takes. GSM 03.38: 160 septets in one, 153 in each of several; else UCS-2: 70 and 67."""

from dataclasses import dataclass

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")


@dataclass(frozen=True)
class Parts:
    """`left`: signs that still fit into the last part. `unicode`: some sign makes every part shorter."""

    parts: int
    left: int
    unicode: bool


def parts_of(text: str) -> Parts:
    unicode = any(sign not in _BASIC and sign not in _EXTENDED for sign in text)
    if unicode:
        units = len(text) + sum(sign > "\uffff" for sign in text)
    else:
        units = len(text) + sum(sign in _EXTENDED for sign in text)
    alone, each = (70, 67) if unicode else (160, 153)
    if units <= alone:
        return Parts(1, alone - units, unicode)
    parts = -(-units // each)
    return Parts(parts, parts * each - units, unicode)
