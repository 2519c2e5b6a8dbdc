"""How the fake hands out updates: by polling and by webhook, as Telegram does."""

import asyncio
import json

import aiohttp
from aiohttp import web

from tests.channels.conftest import ANNA, Caller
from tests.fakes.telegram import FakeTelegram

SHORT = 1  # seconds of long polling


async def test_an_update_stays_until_an_offset_confirms_it(call: Caller) -> None:
    first, second = call.fake.user_says(ANNA, "one"), call.fake.user_says(ANNA, "two")
    assert await call.update_ids() == [first, second]
    assert await call.update_ids(limit=1) == [first]
    assert await call.update_ids(offset=second) == [second]
    assert await call.update_ids() == [second]
    assert await call.update_ids(offset=second + 1) == []


async def test_an_offset_of_another_queue_is_ignored(call: Caller) -> None:
    first = call.fake.user_says(ANNA, "one")
    assert await call.update_ids(offset=first + 1_000_000) == [first]


async def test_a_negative_offset_keeps_the_last_ones_only(call: Caller) -> None:
    _, second = call.fake.user_says(ANNA, "one"), call.fake.user_says(ANNA, "two")
    assert await call.update_ids(offset=-1) == [second]


async def test_long_polling_ends_with_the_first_update(call: Caller) -> None:
    poll = asyncio.create_task(call.update_ids(timeout=30))
    while not call.fake.called("getUpdates"):
        await asyncio.sleep(0)
    said = call.fake.user_says(ANNA, "hello")
    assert await poll == [said]


async def test_long_polling_ends_empty_after_its_time(call: Caller) -> None:
    assert await call.update_ids(timeout=SHORT) == []


async def test_kinds_nobody_asked_for_do_not_come(call: Caller) -> None:
    await call("getUpdates", allowed_updates=json.dumps(["message"]))
    said = call.fake.user_says(ANNA, "hello")
    assert call.fake.user_blocks(ANNA) == 0
    assert await call.update_ids() == [said]


async def test_a_second_poller_ends_the_first(call: Caller) -> None:
    first = asyncio.create_task(call("getUpdates", timeout=30))
    while not call.fake.called("getUpdates"):
        await asyncio.sleep(0)
    second = asyncio.create_task(call("getUpdates", timeout=30))
    status, told = await first
    call.fake.user_says(ANNA, "hello")
    assert (status, told.split(";")[0]) == (409, "Conflict: terminated by other getUpdates request")
    assert (await second)[0] == 200


async def test_polling_beside_a_webhook_is_a_conflict(call: Caller) -> None:
    await call("setWebhook", url=f"{call.api_base}/hook")
    assert (await call("getUpdates"))[0] == 409
    await call("deleteWebhook")
    assert (await call("getUpdates"))[0] == 200


async def test_a_webhook_needs_tls_and_a_clean_secret() -> None:
    strict = FakeTelegram()
    api_base = await strict.start()
    async with aiohttp.ClientSession() as session:
        call = Caller(strict, api_base, session)
        told = "Bad Request: bad webhook: An HTTPS URL must be provided for webhook"
        assert await call("setWebhook", url="http://shop.example/hook") == (400, told)
        told = "Bad Request: secret token contains unallowed characters"
        assert await call("setWebhook", url="https://shop.example/hook", secret_token="a b") == (400, told)
        told = "Bad Request: secret token is too long"
        assert await call("setWebhook", url="https://shop.example/hook", secret_token="x" * 257) == (400, told)
        assert (await call("getWebhookInfo"))[1]["url"] == ""
    await strict.stop()


async def test_a_webhook_gets_updates_in_order_with_the_secret_again_until_it_says_ok(call: Caller) -> None:
    answers = iter(
        [web.Response(status=500), web.Response(status=503), web.Response(status=429, headers={"Retry-After": "9"})]
    )
    seen: list[tuple[int, str]] = []
    done = asyncio.Event()

    async def hook(request: web.Request) -> web.Response:
        update = await request.json()
        seen.append((update["update_id"], request.headers["X-Telegram-Bot-Api-Secret-Token"]))
        if len(seen) == 5:
            done.set()
        return next(answers, web.Response())

    app = web.Application()
    app.router.add_post("/hook", hook)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    await call("setWebhook", url=f"http://127.0.0.1:{runner.addresses[0][1]}/hook", secret_token="s-1")
    first, second = call.fake.user_says(ANNA, "one"), call.fake.user_says(ANNA, "two")
    async with asyncio.timeout(10):
        await done.wait()
        while call.fake.pending:
            await asyncio.sleep(0.01)
    assert seen == [(first, "s-1")] * 4 + [(second, "s-1")]
    tried = [(delivery.status, delivery.delay) for delivery in call.fake.webhook.deliveries]
    assert tried == [(500, 1.0), (503, 2.0), (429, 9.0), (200, 0.0), (200, 0.0)]
    await call.fake.webhook.stop()
    await runner.cleanup()
