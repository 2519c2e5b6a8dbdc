"""Wrong questions get a named refusal that says what would be right and repeats nothing."""

from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from bot.api.errors import install_errors
from crm_store.database import open_store
from crm_store.errors import CareLoopError
from tests.api.conftest import LINKS, Api, Clock, client_of, code_of, read_app

NASTY = [
    "",
    " ",
    "0",
    "-1",
    "9223372036854775808",
    "99999999999999999999999999",
    "1e3",
    "1.5",
    "NaN",
    "null",
    "true",
    "[]",
    "{}",
    "' OR 1=1 --",
    "1; drop table customers",
    "%00",
    "\x00",
    "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    "../../etc/passwd",
    "<script>alert(1)</script>",
    "{{7*7}}",
    "你好",
    "x" * 5000,
    "2026-02-30T00:00:00Z",
    "2026-11-21T09:00:00",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "+1",
    "%",
    "_",
]


async def test_no_parameter_of_the_api_can_be_made_to_fail(api: Api) -> None:
    asked = 0
    for path, operations in api.app.openapi()["paths"].items():
        for parameter in operations.get("get", {}).get("parameters", []):
            for value in NASTY:
                asked += 1
                await _stays_sound(api, path, parameter, value)
    assert asked > 500


async def _stays_sound(api: Api, path: str, parameter: dict[str, Any], value: str) -> None:
    name = parameter["name"]
    filled = path.replace(f"{{{name}}}", httpx2.QueryParams({"v": value}).__str__()[2:] or "%20")
    for other in ("customer_id", "conversation_id", "interaction_id", "complaint_id"):
        filled = filled.replace(f"{{{other}}}", "1")
    params = {name: value} if parameter["in"] == "query" else {}
    answer = await api.client.get(filled, params=params, headers=api.headers)
    assert answer.status_code in {200, 404, 422}, (filled, name, value, answer.text)
    if answer.status_code == 200:
        return
    code_of(answer)
    assert len(value) < 12 or value not in answer.text, (filled, name, value, answer.text)


@pytest.mark.parametrize(
    ("path", "params", "field"),
    [
        ("/customers", {"limit": "201"}, "limit"),
        ("/customers", {"limit": "many"}, "limit"),
        ("/customers", {"after": "-5"}, "after"),
        ("/customers", {"emial": "mei@example.com"}, "emial"),
        ("/customers", {"phone": "91234567"}, "phone"),
        ("/conversations", {"control": "robot"}, "control"),
        ("/interactions", {"since": "2026-11-21T09:00:00"}, "since"),
        ("/interactions", {"direction": "sideways"}, "direction"),
    ],
)
async def test_a_wrong_parameter_is_named(api: Api, path: str, params: dict[str, str], field: str) -> None:
    answer = await api.get(path, **params)
    assert (answer.status_code, code_of(answer)) == (422, "invalid_request")
    assert answer.json()["error"]["message"].startswith(f"{field} (query) ")


async def test_a_name_that_is_not_ours_is_not_repeated_when_it_could_be_anything(api: Api) -> None:
    answer = await api.get("/customers", **{"<img src=x>": "1"})
    assert answer.status_code == 422
    assert "<img" not in answer.text


async def test_unknown_addresses_and_methods_are_told_in_the_same_shape(api: Api) -> None:
    lost = await api.get("/nothing/here")
    wrong = await api.client.delete("/api/v1/customers", headers=api.headers)
    assert (lost.status_code, code_of(lost)) == (404, "not_found")
    assert (wrong.status_code, code_of(wrong)) == (405, "method_not_allowed")
    assert wrong.headers["allow"] == "GET"


async def test_without_a_database_we_say_so_and_when_to_come_back() -> None:
    store = open_store("postgresql+psycopg://nobody@127.0.0.1:1/none", pool=2)
    async with client_of(read_app(store, Clock(), LINKS)) as client:
        answer = await client.get("/api/v1/customers", headers={"Authorization": f"Bearer cl_{'0' * 12}_{'a' * 43}"})
    await store.close()
    assert (answer.status_code, code_of(answer)) == (503, "store_unavailable")
    assert int(answer.headers["retry-after"]) > 0


async def test_what_nobody_foresaw_is_a_500_without_a_trace_and_a_log_without_words(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = FastAPI()
    install_errors(app)

    @app.get("/broken")
    async def broken() -> None:
        try:
            raise KeyError("her phone is +6591234567")
        except KeyError as error:
            raise RuntimeError("she said: my secret") from error

    async with client_of(app) as client:
        answer = await client.get("/broken")
    assert (answer.status_code, code_of(answer)) == (500, "internal_error")
    assert "secret" not in answer.text
    assert "RuntimeError at test_refusals.py" in caplog.text
    assert "from KeyError" in caplog.text
    assert "secret" not in caplog.text
    assert "6591234567" not in caplog.text


async def test_an_error_without_a_place_in_the_table_keeps_its_code() -> None:
    class TillJammed(CareLoopError):
        code = "till_jammed"

    app = FastAPI()
    install_errors(app)

    @app.get("/till")
    async def till() -> None:
        raise TillJammed("the till is jammed")

    async with client_of(app) as client:
        answer = await client.get("/till")
    assert (answer.status_code, code_of(answer)) == (500, "till_jammed")
