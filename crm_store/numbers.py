"""Pure: numbers a shopper may quote, as they stand in a message."""

import re

from crm_store.words import folded

_CASE = re.compile(r"(?<![a-z0-9])c[ -]?(\d{5,8})(?![a-z0-9])")
_ORDER = re.compile(r"(?<![a-z0-9])([a-z]{2,4})[ -]?(\d{4,10})(?![a-z0-9])")
_BARE = re.compile(r"(?<![a-z0-9@.+-])\d{5,10}(?![a-z0-9@])")


def case_numbers(text: str) -> list[str]:
    """Complaint numbers such as C10042, in the form we store them."""
    return [f"C{digits}" for digits in _CASE.findall(folded(text))]


def order_numbers(text: str) -> list[str]:
    """Order numbers such as WM104233, upper case without blanks; digits alone count when there is nothing better."""
    line = folded(text)
    lettered = [f"{letters}{digits}".upper() for letters, digits in _ORDER.findall(line)]
    return lettered or _BARE.findall(_CASE.sub(" ", line))
