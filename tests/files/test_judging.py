"""What becomes of a file from outside, by its own bytes and whatever it is called."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.files.intake import judge
from bot.files.refused import FileRefused, Why
from tests.files import samples
from tests.files.samples import picture

MOST = 10 * 1024 * 1024


def why(content: bytes, most: int = MOST) -> Why:
    with pytest.raises(FileRefused) as refused:
        judge(content, most)
    return refused.value.why


@pytest.mark.parametrize(
    ("content", "media_type", "extension"),
    [
        (picture("JPEG"), "image/jpeg", ".jpg"),
        (picture("PNG"), "image/png", ".png"),
        (picture("WEBP"), "image/webp", ".webp"),
        (picture("GIF"), "image/png", ".png"),
        (samples.PDF, "application/pdf", ".pdf"),
        (samples.MP4, "video/mp4", ".mp4"),
        (samples.M4A, "audio/mp4", ".m4a"),
        (samples.VOICE, "audio/ogg", ".ogg"),
        (samples.WEBM, "video/webm", ".webm"),
    ],
)
def test_what_shops_need_is_kept_under_what_it_is(content: bytes, media_type: str, extension: str) -> None:
    assert judge(content, MOST)[1:] == (media_type, extension)


@pytest.mark.parametrize(
    "content",
    [
        samples.SVG,
        samples.HTML,
        samples.archive(),
        b"#!/bin/sh\nrm -rf /\n",
        b"MZ\x90\x00" + b"\x00" * 100,
        b"\x7fELF" + b"\x00" * 100,
        b"just words",
        b"ID3\x04 music",
        picture("BMP"),
        picture("TIFF"),
        picture("AVIF"),
    ],
)
def test_everything_else_is_refused(content: bytes) -> None:
    assert why(content) is Why.KIND


def test_an_empty_file_one_too_large_and_heic_are_told_apart() -> None:
    assert why(b"") is Why.EMPTY
    assert why(samples.PDF, most=len(samples.PDF) - 1) is Why.TOO_LARGE
    assert judge(samples.PDF, len(samples.PDF))
    assert why(samples.HEIC) is Why.HEIC


def test_a_photo_keeps_neither_place_nor_camera_and_stands_upright() -> None:
    sent = samples.photo_with_a_place()
    kept, _, _ = judge(sent, MOST)
    for secret in (b"Very Private Camera", b"taken at home", b"Exif"):
        assert secret in sent
        assert secret not in kept
    with Image.open(io.BytesIO(kept)) as opened:
        assert opened.size == (48, 64)
        assert not opened.getexif()


@pytest.mark.parametrize("form", ["PNG", "WEBP", "GIF"])
def test_what_hangs_on_other_pictures_stays_behind_too(form: str) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Very Private Camera"
    sent = picture(form) if form == "GIF" else picture(form, exif=exif.tobytes())
    kept, _, _ = judge(sent + b"<script>alert(1)</script>", MOST)
    assert b"Very Private Camera" not in kept
    assert b"<script>" not in kept


@pytest.mark.parametrize("tail", [samples.HTML, samples.archive(), b"<?php system($_GET[0]); ?>"])
def test_a_picture_with_a_second_life_loses_it(tail: bytes) -> None:
    kept, media_type, _ = judge(picture("JPEG") + tail, MOST)
    assert media_type == "image/jpeg"
    assert tail not in kept


def test_an_archive_behind_a_document_or_film_is_refused() -> None:
    assert why(samples.PDF + samples.archive()) is Why.KIND
    assert why(samples.MP4 + samples.archive()) is Why.KIND


@pytest.mark.parametrize("size", [(60_000, 60_000), (12_000, 12_000), (8_000, 8_000)])
def test_a_picture_that_claims_more_pixels_than_we_draw_is_not_drawn(size: tuple[int, int]) -> None:
    assert why(samples.bomb(*size)) is Why.TOO_MANY_PIXELS


def test_a_large_photo_is_made_smaller_not_refused() -> None:
    kept, _, _ = judge(picture("JPEG", (6000, 4000)), MOST)
    with Image.open(io.BytesIO(kept)) as opened:
        assert opened.size == (4096, 2731)


@pytest.mark.parametrize(
    "broken",
    [picture("JPEG", (400, 400))[:500], picture("PNG")[:40], samples.PDF[:60], b"GIF89a", b"RIFF\x00\x00\x00\x00WEBP"],
)
def test_a_file_cut_off_is_refused_as_damaged(broken: bytes) -> None:
    assert why(broken) is Why.BROKEN


@pytest.mark.parametrize(
    ("mode", "form"), [("L", "JPEG"), ("CMYK", "JPEG"), ("P", "PNG"), ("RGBA", "PNG"), ("I;16", "PNG")]
)
def test_every_way_to_colour_a_picture_is_kept(mode: str, form: str) -> None:
    written = io.BytesIO()
    Image.new(mode, (20, 20)).save(written, form)
    kept, _, _ = judge(written.getvalue(), MOST)
    with Image.open(io.BytesIO(kept)) as opened:
        assert opened.size == (20, 20)


BEGINNINGS = [
    picture("JPEG")[:30],
    picture("PNG")[:40],
    picture("GIF")[:20],
    picture("WEBP")[:30],
    samples.PDF[:9],
    b"",
]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(BEGINNINGS), st.binary(max_size=300))
def test_no_bytes_whatever_break_the_judgement(beginning: bytes, rest: bytes) -> None:
    try:
        _, media_type, _ = judge(beginning + rest, MOST)
    except FileRefused:
        return
    assert media_type.partition("/")[0] in {"image", "application", "video", "audio"}
