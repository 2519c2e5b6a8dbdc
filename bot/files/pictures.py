"""Pictures are drawn anew: what is kept was written by us, without places, cameras, thumbnails and hidden halves."""

import io

from PIL import Image, ImageOps

from bot.files.kinds import JPEG, PNG, Kind
from bot.files.refused import FileRefused, Why

MOST_PIXELS = 50_000_000
"""Larger pictures are not decoded: a file of a few kilobytes can claim billions."""
LONGEST_SIDE = 4096
"""Pixels; larger pictures are made smaller."""
QUALITY = 90
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


def redrawn(content: bytes, kind: Kind) -> tuple[bytes, Kind]:
    """The picture in new bytes, upright; of moving pictures the first one, a GIF as PNG. Raises `FileRefused`."""
    try:
        return _redrawn(content, kind)
    except FileRefused:
        raise
    except _BOMBS:
        raise FileRefused(Why.TOO_MANY_PIXELS) from None
    except Exception:  # what a decoder raises over a hostile file is anything at all
        raise FileRefused(Why.BROKEN) from None


def _redrawn(content: bytes, kind: Kind) -> tuple[bytes, Kind]:
    with Image.open(io.BytesIO(content), formats=(kind.picture,)) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise FileRefused(Why.TOO_MANY_PIXELS)
        # A JPEG can be read at half its size, which spares the memory of a telephone's largest photos.
        opened.draft(None, (LONGEST_SIDE, LONGEST_SIDE))
        opened.load()
        upright = ImageOps.exif_transpose(opened)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    kept = kind if kind.picture in {"JPEG", "WEBP"} else PNG
    bare = upright.convert(_mode(upright, kept))
    written = io.BytesIO()
    # Only the pixels travel on: everything a decoder hangs on a picture stays behind in `info`.
    bare.info.clear()
    bare.save(written, kept.picture, quality=QUALITY)
    return written.getvalue(), kept


def _mode(picture: Image.Image, kept: Kind) -> str:
    if kept is JPEG:
        return "L" if picture.mode == "L" else "RGB"
    return "RGBA" if picture.has_transparency_data else "RGB"
