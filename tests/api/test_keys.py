"""Who may read: keys, scopes, and what happens to those who guess."""

import argparse
import asyncio
import os
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from bot.api.attempts import FailedAttempts
from bot.keys import KeysRefused, act, parser
from crm_store.database import Store
from crm_store.keys import KeyScope
from tests.api.conftest import NOW, Api, client_of, code_of

ROOT = Path(__file__).parents[2]
PATHS = {
    KeyScope.CUSTOMERS_READ: "/api/v1/customers",
    KeyScope.CONVERSATIONS_READ: "/api/v1/conversations",
    KeyScope.INTERACTIONS_READ: "/api/v1/interactions",
    KeyScope.COMPLAINTS_READ: "/api/v1/complaints",
}


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


@pytest.mark.parametrize("scope", PATHS)
async def test_a_key_opens_what_its_scope_says_and_nothing_else(api: Api, scope: KeyScope) -> None:
    key = await api.key(scope)
    for other, path in PATHS.items():
        answer = await api.client.get(path, headers=bearer(key))
        assert answer.status_code == (200 if other is scope else 403)
        assert other is scope or code_of(answer) == "scope_missing"


async def test_no_key_at_all_is_asked_for_one(api: Api) -> None:
    for headers in ({}, {"Authorization": "Basic bWVpOm1laQ=="}, {"Authorization": "Bearer"}):
        answer = await api.client.get("/api/v1/customers", headers=headers)
        assert (answer.status_code, code_of(answer)) == (401, "key_missing")
        assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "shown",
    [
        b"Bearer nonsense",
        b"Bearer cl__",
        b"Bearer cl_' or 1=1 --_x",
        b"Bearer cl_" + b"0" * 12 + b"_" + b"a" * 43,
        b"Bearer " + "钥匙".encode(),
        b"Bearer \xff\xfe",
        b"Bearer cl_\x00",
        b"Bearer " + b"x" * 50_000,
    ],
)
async def test_what_is_no_key_of_ours_is_refused(api: Api, shown: bytes) -> None:
    answer = await api.client.get("/api/v1/customers", headers=[(b"authorization", shown)])
    assert (answer.status_code, code_of(answer)) == (401, "key_refused")


async def test_the_prefix_of_a_key_is_not_the_key(api: Api) -> None:
    key = await api.key(KeyScope.CUSTOMERS_READ)
    wrong = key[:-1] + ("a" if key[-1] != "a" else "b")
    assert (await api.client.get("/api/v1/customers", headers=bearer(wrong))).status_code == 401


async def test_a_key_is_checked_before_the_question(api: Api) -> None:
    assert (await api.client.get("/api/v1/customers?limit=many")).status_code == 401


async def test_one_address_may_guess_only_so_often_while_a_known_key_and_others_go_on(api: Api) -> None:
    good = await api.key(KeyScope.CUSTOMERS_READ)
    fresh = await api.key(KeyScope.CUSTOMERS_READ)
    assert (await api.client.get("/api/v1/customers", headers=bearer(good))).status_code == 200
    for _ in range(3):
        assert (await api.client.get("/api/v1/customers", headers=bearer("guess"))).status_code == 401
    stopped = await api.client.get("/api/v1/customers", headers=bearer(fresh))
    assert (stopped.status_code, code_of(stopped)) == (429, "too_many_attempts")
    assert stopped.headers["retry-after"] == "60"
    assert (await api.client.get("/api/v1/customers", headers=bearer(good))).status_code == 200
    async with client_of(api.app, "198.51.100.1") as elsewhere:
        assert (await elsewhere.get("/api/v1/customers", headers=bearer(fresh))).status_code == 200
    api.clock.now += timedelta(minutes=1)
    assert (await api.client.get("/api/v1/customers", headers=bearer(fresh))).status_code == 200


def test_guesses_are_counted_in_bounded_memory_and_a_household_counts_as_one() -> None:
    attempts = FailedAttempts(most=1, room=2)
    attempts.note("2001:db8::1", NOW)
    assert attempts.too_many("2001:db8::ffff", NOW)
    assert not attempts.too_many("2001:db8:0:1::1", NOW)
    for number in range(3):
        attempts.note(f"198.51.100.{number}", NOW)
    assert not attempts.too_many("2001:db8::1", NOW)
    attempts.note("not an address", NOW)
    assert attempts.too_many("not an address", NOW)


async def test_when_a_key_was_last_used_is_known_to_the_minute(api: Api, store: Store) -> None:
    for moment in (NOW, NOW + timedelta(seconds=30), NOW + timedelta(minutes=2)):
        api.clock.now = moment
        await api.get("/customers")
        async with store.transaction() as crm:
            (key,) = await crm.api_keys.all()
        assert key.last_used_at == (NOW if moment < NOW + timedelta(minutes=1) else moment)


def said(*words: str) -> argparse.Namespace:
    return parser().parse_args(words)


async def test_a_key_made_on_the_command_line_works_until_it_is_revoked(api: Api, store: Store) -> None:
    printed = await act(store, said("make", "web shop", "--scope", "customers:read"), NOW)
    key = printed.split("\n")[0]
    assert (await api.client.get("/api/v1/customers", headers=bearer(key))).status_code == 200
    listed = await act(store, said("list"), NOW)
    assert "web shop" in listed
    assert key not in listed
    await act(store, said("revoke", key.split("_")[1]), NOW)
    assert (await api.client.get("/api/v1/customers", headers=bearer(key))).status_code == 401
    with pytest.raises(KeysRefused):
        await act(store, said("revoke", key.split("_")[1]), NOW)


def test_a_key_without_a_scope_or_with_a_made_up_one_is_not_made(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["make", "shop"], ["make", "shop", "--scope", "everything"]):
        with pytest.raises(SystemExit):
            said(*words)
    assert "--scope" in capsys.readouterr().err


async def test_the_command_prints_a_key_and_says_what_is_wrong_without_a_trace(
    store: Store, database_url: str, tmp_path: Path
) -> None:
    told = {"CARELOOP_SECRET": "s" * 32, "CARELOOP_VAR": str(tmp_path)}
    good = await run(told | {"CARELOOP_DATABASE_URL": database_url}, "make", "till", "--scope", "links:write")
    away = await run(told | {"CARELOOP_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}, "list")
    assert good.startswith("cl_")
    assert away.startswith("the database does not answer")


async def run(told: dict[str, str], *words: str) -> str:
    """What the command wrote, wherever it wrote it."""
    both = asyncio.subprocess.PIPE, asyncio.subprocess.STDOUT
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.keys", *words, env=os.environ | told, cwd=ROOT, stdout=both[0], stderr=both[1]
    )
    written, _ = await process.communicate()
    return written.decode()
