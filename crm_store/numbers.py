"""Pure: numbers a shopper may quote, as they stand in a message."""

import re

from crm_store.words import folded

_CASE = re.compile(r"(?<![a-z0-9])c[ -]?(\d{5,8})(?![a-z0-9])")
_ORDER = re.compile(r"(?<![a-z0-9])([a-z]{2,4})[ -]?(\d{4,10})(?![a-z0-9])")
_BARE = re.compile(r"(?<![a-z0-9@.+-])\d{5,10}(?![a-z0-9@])")
_CONTACTS = (
    re.compile(r"[^\s@<>,;:，。]+@[^\s@<>,;:，。]+\.[a-z]{2,}"),
    re.compile(r"(?<![a-z0-9])m\d{8}(?![a-z0-9])"),
    re.compile(r"(?<![a-z0-9])(?:\+\d[\d\s-]{7,16}\d|[689]\d{3}[\s-]?\d{4})(?![a-z0-9])"),
)


def case_numbers(text: str) -> list[str]:
    """Complaint numbers such as C10042, in the form we store them."""
    return [f"C{digits}" for digits in _CASE.findall(folded(text))]


def order_numbers(text: str) -> list[str]:
    """Order numbers such as WM104233, upper case without blanks; digits alone count when there is nothing better."""
    line = folded(text)
    lettered = [f"{letters}{digits}".upper() for letters, digits in _ORDER.findall(line)]
    return lettered or _BARE.findall(_CASE.sub(" ", line))


def contact_in(text: str) -> str | None:
    """An e-mail address, member number or phone number standing in the message, as typed."""
    line = folded(text)
    found = next((match for match in (pattern.search(line) for pattern in _CONTACTS) if match), None)
    return found.group().strip() if found else None
