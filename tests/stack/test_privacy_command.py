"""`./careloop privacy`: everything held on a member in one document, and an erasure nobody does by mistake."""

import io
import json
from pathlib import Path

import pytest

from bootstrap.commands import parse
from bot.files.vault import Vault
from bot.privacy import PrivacyRefused, act, parser
from crm_store.database import Store
from tests.lives import lived


async def told(store: Store, tmp_path: Path, *arguments: str) -> str:
    out = io.StringIO()
    await act(store, Vault(tmp_path), parser().parse_args(arguments), out)
    return out.getvalue()


async def test_an_export_is_printed_and_nothing_else(store: Store, tmp_path: Path) -> None:
    await lived(store)
    document = json.loads(await told(store, tmp_path, "export", "m10000001"))
    assert document["held"]["customers"][0]["name"] == "Emma ZEBRA"


async def test_without_a_yes_nobody_is_erased(store: Store, tmp_path: Path) -> None:
    life = await lived(store)
    assert "--yes" in await told(store, tmp_path, "erase", "M10000001", "--reason", "letter")
    async with store.transaction() as crm:
        customer = await crm.customers.get(life.customer_id)
    assert customer is not None
    assert customer.erased_at is None


async def test_with_a_yes_they_are_and_again_by_their_id(store: Store, tmp_path: Path) -> None:
    life = await lived(store)
    assert await told(store, tmp_path, "erase", "M10000001", "--reason", "letter", "--yes") == (
        f"Erased: customer {life.customer_id}, 2 files removed.\n"
    )
    again = await told(store, tmp_path, "erase", str(life.customer_id), "--reason", "letter", "--yes")
    assert again.startswith("Erased before")
    with pytest.raises(PrivacyRefused):
        await told(store, tmp_path, "export", "M10000001")


@pytest.mark.parametrize("member", ["M99999999", "99", "", "9" * 30, "²", "'; drop table customers"])
async def test_of_nobody_nothing_is_done(store: Store, tmp_path: Path, member: str) -> None:
    with pytest.raises(PrivacyRefused):
        await told(store, tmp_path, "export", member)


def test_a_reason_is_needed() -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(["erase", "M10000001"])


def test_what_follows_the_name_goes_to_the_command() -> None:
    assert parse(["privacy", "erase", "M1", "--reason", "x"]).arguments == ["erase", "M1", "--reason", "x"]
