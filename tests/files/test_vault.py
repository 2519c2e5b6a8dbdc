"""Where bytes lie, who may read them, and what a crash leaves behind."""

import asyncio
import hashlib
import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.files.intake import Intake
from bot.files.refused import NoRoom
from bot.files.showing import shown
from bot.files.vault import FileMissing, Vault
from crm_store.cases.attachments import Attachment
from tests.files import samples


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "attachments", reserve=0)


async def test_bytes_lie_under_their_digest_and_only_we_may_read_them(vault: Vault, tmp_path: Path) -> None:
    digest = await vault.keep(b"words")
    place = vault.path(digest)
    assert place == tmp_path / "attachments" / digest[:2] / digest
    assert digest == hashlib.sha256(b"words").hexdigest()
    assert place.read_bytes() == b"words"
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    for folder in (place.parent, place.parent.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


async def test_the_same_bytes_many_times_at_once_are_one_file(vault: Vault, tmp_path: Path) -> None:
    digests = await asyncio.gather(*(vault.keep(b"x" * 100_000) for _ in range(20)))
    assert len(set(digests)) == 1
    assert [path for path in (tmp_path / "attachments").rglob("*") if path.is_file()] == [vault.path(digests[0])]


@pytest.mark.parametrize(
    "digest", ["", "..", "../../secrets.json", "a" * 63, "A" * 64, "g" * 64, "a" * 64, "a" * 64 + "\n"]
)
def test_what_is_no_digest_or_not_there_is_no_file(vault: Vault, digest: str) -> None:
    with pytest.raises(FileMissing):
        vault.path(digest)


async def test_a_full_disk_takes_nothing_more(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "attachments", reserve=1 << 60)
    with pytest.raises(NoRoom):
        await vault.keep(b"words")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


async def test_what_a_crash_left_half_written_is_tidied_away_and_nothing_else(vault: Vault, tmp_path: Path) -> None:
    digest = await vault.keep(b"words")
    incoming = tmp_path / "attachments" / "incoming"
    now = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
    for name, age in (("old", timedelta(hours=2)), ("fresh", timedelta(minutes=1))):
        (incoming / name).write_bytes(b"half")
        os.utime(incoming / name, times=((now - age).timestamp(),) * 2)
    vault.tidy(now - timedelta(hours=1))
    assert [path.name for path in incoming.iterdir()] == ["fresh"]
    assert vault.path(digest).is_file()


async def test_the_intake_names_a_file_by_what_it_is(vault: Vault) -> None:
    kept = await Intake(vault, 1_000_000).keep(samples.picture("PNG"), "../invoice.pdf")
    assert (kept.media_type, kept.name) == ("image/png", "invoice.png")
    assert kept.size == vault.path(kept.digest).stat().st_size


async def test_a_browser_is_told_to_run_nothing(vault: Vault) -> None:
    digest = await vault.keep(samples.PDF)
    out = shown(vault, Attachment(digest=digest, media_type="application/pdf", name='Rech"nung\r\n 发票.pdf'))
    assert out.headers["Content-Disposition"] == (
        "attachment; filename=\"Rech_nung__ __.pdf\"; filename*=UTF-8''Rech%22nung%0D%0A%20%E5%8F%91%E7%A5%A8.pdf"
    )
    assert "sandbox" in out.headers["Content-Security-Policy"]
    assert out.headers["X-Content-Type-Options"] == "nosniff"
    looked_at = Attachment(digest=digest, media_type="image/jpeg", name="cup.jpg")
    assert shown(vault, looked_at).headers["Content-Disposition"].startswith("inline")
    assert shown(vault, looked_at, to_save=True).headers["Content-Disposition"].startswith("attachment")
