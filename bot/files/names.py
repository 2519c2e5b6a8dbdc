"""Pure: the name a file is shown and saved under. It is a label and never a path."""

import re
import unicodedata

LONGEST = 80
_FORBIDDEN = re.compile(r'[<>:"|?*\\/]')
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,5}$")
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def label(claimed: str) -> str:
    """The claimed name without folders, control and direction characters; empty when nothing is left."""
    last = re.split(r"[\\/]", claimed[:1000])[-1]
    seen = "".join(character for character in last if unicodedata.category(character) not in _INVISIBLE)
    return " ".join(_FORBIDDEN.sub("", unicodedata.normalize("NFC", seen)).split()).strip(". ")[: 2 * LONGEST]


def safe_name(claimed: str, extension: str) -> str:
    """The label of the claimed name, ending as its content does."""
    stem = _EXTENSION.sub("", label(claimed)).strip(". ")[:LONGEST].strip(". ")
    return f"{stem or 'file'}{extension}"
