"""Why a file is not kept. Each reason has a sentence for the shopper: ``media_`` and the reason."""

from enum import StrEnum

from crm_store.errors import CareLoopError


class Why(StrEnum):
    """HEIC is a kind of its own, as its remedy is: send it as a photo."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    KIND = "kind"
    HEIC = "heic"
    BROKEN = "broken"
    TOO_MANY_PIXELS = "too_many_pixels"


REMEDIES = {
    Why.EMPTY: "the file is empty",
    Why.TOO_LARGE: "the file is larger than this shop takes",
    Why.KIND: "the file must be a JPEG, PNG, WebP, GIF, PDF, MP4, Ogg or WebM, whatever it is called",
    Why.HEIC: "HEIC pictures are not taken; send a JPEG",
    Why.BROKEN: "the file is damaged or is not what it begins like",
    Why.TOO_MANY_PIXELS: "the picture has too many pixels; send a smaller one",
}


class FileRefused(CareLoopError):
    """A file that is not kept; `why` says for what reason, `code` is the same for programs."""

    def __init__(self, why: Why) -> None:
        super().__init__(REMEDIES[why])
        self.why = why
        self.code = f"file_{why}"


class NoRoom(CareLoopError):
    """The disk is nearly full: nothing is kept until somebody has made room."""

    code = "no_room"
