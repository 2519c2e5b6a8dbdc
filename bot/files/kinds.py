"""Pure: what a file is by its own bytes. Whatever is not on this list is refused, whatever it is called."""

import io
import zipfile
from dataclasses import dataclass

from bot.files.refused import FileRefused, Why


@dataclass(frozen=True)
class Kind:
    """`picture` is the name of the decoder; empty for what is kept as it came."""

    media_type: str
    extension: str
    picture: str = ""


JPEG = Kind("image/jpeg", ".jpg", "JPEG")
PNG = Kind("image/png", ".png", "PNG")
WEBP = Kind("image/webp", ".webp", "WEBP")
GIF = Kind("image/gif", ".gif", "GIF")
PDF = Kind("application/pdf", ".pdf")
MP4 = Kind("video/mp4", ".mp4")
M4A = Kind("audio/mp4", ".m4a")
OGG = Kind("audio/ogg", ".ogg")
OGV = Kind("video/ogg", ".ogv")
WEBM = Kind("video/webm", ".webm")

_HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_MP4 = {b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV", b"dash", b"qt  "}
_OGG_SOUNDS = (b"OpusHead", b"\x01vorbis", b"Speex   ", b"\x7fFLAC")
_TAIL = 2048
"""Bytes at the end of a PDF among which it has to say that it ends."""


def kind_of(content: bytes) -> Kind:
    """The kind of a whole file. Raises `FileRefused`."""
    kind = _beginning(content)
    if kind is None:
        raise FileRefused(Why.KIND)
    if not kind.picture:
        _check_whole(kind, content)
    return kind


def _beginning(content: bytes) -> Kind | None:
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content.startswith((b"GIF87a", b"GIF89a")):
        return GIF
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return WEBP
    if content.startswith(b"%PDF-"):
        return PDF
    return _moving(content)


def _moving(content: bytes) -> Kind | None:
    if content[4:8] == b"ftyp":
        return _of_brand(content[8:12])
    if content.startswith(b"OggS\x00"):
        return OGG if any(sound in content[:128] for sound in _OGG_SOUNDS) else OGV
    if content.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in content[:64]:
        return WEBM
    return None


def _of_brand(brand: bytes) -> Kind | None:
    if brand in _HEIC:
        raise FileRefused(Why.HEIC)
    if brand == b"M4A ":
        return M4A
    return MP4 if brand in _MP4 or brand.startswith(b"3gp") else None


def _check_whole(kind: Kind, content: bytes) -> None:
    """What is kept byte for byte must end as what it began as, and be no archive at the same time."""
    if kind is PDF and b"%%EOF" not in content[-_TAIL:]:
        raise FileRefused(Why.BROKEN)
    if zipfile.is_zipfile(io.BytesIO(content)):
        raise FileRefused(Why.KIND)
