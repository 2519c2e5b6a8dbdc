"""What passed between the shop and one person, everything that is held on them, and an end to it."""

import hashlib
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import text

from bot.files.erased import remove_erased
from bot.files.housekeeping import tidy_files
from bot.files.vault import FileMissing, Vault
from crm_store.cases.events import By
from crm_store.database import Store
from crm_store.keys import KeyScope
from tests.api.conftest import LINKS, Api, client_of, code_of, read_app
from tests.lives import Life, another, lived

WHY = {"reason": "letter 12"}


@pytest.fixture
async def client(api: Api, tmp_path: Path) -> AsyncIterator[httpx2.AsyncClient]:
    """The same keys, with a vault of its own."""
    async with client_of(read_app(api.store, api.clock, LINKS, tmp_path)) as opened:
        yield opened


async def with_bytes(store: Store, vault: Vault) -> Life:
    """Two files of theirs lie in the vault; somebody else has sent one of them, too."""
    life = await lived(store)
    await another(store)
    for old, content in (("a" * 64, b"only mine"), ("b" * 64, b"everybody's")):
        digest = await vault.keep(content)
        async with store.transaction() as crm:
            update = text("update attachments set digest = :new where digest = :old")
            await crm.session.execute(update, {"new": digest, "old": old})
    return life


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


async def test_the_receipt_is_paged_newest_first_by_number_and_by_id(api: Api, client: httpx2.AsyncClient) -> None:
    life = await lived(api.store)
    whole = (await client.get("/api/v1/customers/m10000001/receipt", headers=api.headers)).json()
    assert whole["next"] is None
    assert [line["at"] for line in whole["items"]] == sorted((line["at"] for line in whole["items"]), reverse=True)
    found: list[dict[str, object]] = []
    after: dict[str, str] = {}
    while True:
        path = f"/api/v1/customers/{life.customer_id}/receipt"
        page = (await client.get(path, params={"limit": 2, **after}, headers=api.headers)).json()
        found += page["items"]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert found == whole["items"]
    assert {"stopped", "sent", "agreed", "asked", "wished", "planned", "held"} <= {line["kind"] for line in found}


async def test_the_export_is_one_document_to_keep(api: Api, client: httpx2.AsyncClient) -> None:
    await lived(api.store)
    answer = await client.get("/api/v1/customers/M10000001/export", headers=api.headers)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["content-disposition"] == 'attachment; filename="customer-1.json"'
    told = json.loads(answer.text)
    assert told["held"]["customers"][0]["email"] == "ZEBRA@example.com"
    assert "staff_notes" in told["withheld"]
    async with api.store.transaction() as crm:
        deeds = (await crm.session.execute(text("select action, subject, detail ->> 'by' from audit_events"))).all()
    assert ("exported", "customer", "api:test") in deeds


async def test_an_erasure_empties_the_tables_and_the_vault_of_what_nobody_else_holds(
    api: Api, client: httpx2.AsyncClient, tmp_path: Path
) -> None:
    vault = Vault(tmp_path)
    life = await with_bytes(api.store, vault)
    answer = await client.delete("/api/v1/customers/M10000001", params=WHY, headers=api.headers)
    assert (answer.status_code, answer.json()) == (200, {"customer_id": life.customer_id, "known": False})
    with pytest.raises(FileMissing):
        vault.path(digest_of(b"only mine"))
    assert vault.path(digest_of(b"everybody's")).read_bytes() == b"everybody's"
    again = await client.delete("/api/v1/customers/M10000001", params=WHY, headers=api.headers)
    assert (again.status_code, code_of(again)) == (404, "customer_not_found")
    by_id = await client.delete(f"/api/v1/customers/{life.customer_id}", params=WHY, headers=api.headers)
    assert by_id.json() == {"customer_id": life.customer_id, "known": True}
    async with api.store.transaction() as crm:
        (erasure,) = await crm.erasures.of(life.customer_id)
    assert (erasure.reason, erasure.files) == ("letter 12", [])


async def test_files_that_a_stop_left_behind_go_by_the_clock(api: Api, tmp_path: Path) -> None:
    vault = Vault(tmp_path)
    life = await with_bytes(api.store, vault)
    async with api.store.transaction() as crm:
        await crm.erasures.erase(life.customer_id, By("command line"), "letter", api.clock.now)
    # Here a process was killed: the bytes are still there, and the erasure knows.
    assert vault.path(digest_of(b"only mine")).is_file()
    await tidy_files(api.store, vault, api.clock.now)
    with pytest.raises(FileMissing):
        vault.path(digest_of(b"only mine"))
    assert await remove_erased(api.store, vault) == 0


async def test_looking_and_erasing_take_scopes_of_their_own(api: Api, client: httpx2.AsyncClient) -> None:
    await lived(api.store)
    looking = {"Authorization": f"Bearer {await api.key(KeyScope.PRIVACY_READ, KeyScope.CUSTOMERS_READ)}"}
    erasing = {"Authorization": f"Bearer {await api.key(KeyScope.PRIVACY_ERASE)}"}
    refused = await client.delete("/api/v1/customers/M10000001", params=WHY, headers=looking)
    assert (refused.status_code, code_of(refused)) == (403, "scope_missing")
    for part in ("receipt", "export"):
        path = f"/api/v1/customers/M10000001/{part}"
        assert (await client.get(path, headers=looking)).status_code == 200
        assert (await client.get(path, headers=erasing)).status_code == 403
        assert (await client.get(path)).status_code == 401


@pytest.mark.parametrize("member", ["M99999999", "99"])
async def test_of_nobody_nothing_is_told(api: Api, client: httpx2.AsyncClient, member: str) -> None:
    for part in ("/receipt", "/export"):
        answer = await client.get(f"/api/v1/customers/{member}{part}", headers=api.headers)
        assert (answer.status_code, code_of(answer)) == (404, "customer_not_found")
    answer = await client.delete(f"/api/v1/customers/{member}", params=WHY, headers=api.headers)
    assert (answer.status_code, code_of(answer)) == (404, "customer_not_found")


async def test_an_erasure_needs_a_reason_and_a_member(api: Api, client: httpx2.AsyncClient) -> None:
    life = await lived(api.store)
    for path, asked in (
        (f"/{life.customer_id}", {}),
        ("/abc", WHY),
        ("/0", WHY),
        (f"/{life.customer_id}", {"reason": ""}),
    ):
        answer = await client.delete(f"/api/v1/customers{path}", params=asked, headers=api.headers)
        assert answer.status_code == 422
    odd = await client.get("/api/v1/customers/M10000001/receipt", params={"after": "odd"}, headers=api.headers)
    assert (odd.status_code, code_of(odd)) == (422, "cursor_unknown")
