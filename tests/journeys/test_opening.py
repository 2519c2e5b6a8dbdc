"""What a house needs in order to open, and what it shows where."""

from pathlib import Path

import httpx2
import pytest
from pydantic import SecretStr

from bot.main import House, opened_house
from bot.settings import Settings
from bot.stack.addresses import free_port


async def status_of(house: House, path: str) -> int:
    transport = httpx2.ASGITransport(app=house.app())
    async with httpx2.AsyncClient(transport=transport, base_url="http://careloop.example") as client:
        return (await client.get(path)).status_code


@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_it_opens_while_telegram_is_away(settings: Settings, tmp_path: Path, mode: str) -> None:
    away = {
        "var": tmp_path,
        "telegram_api_base": f"http://127.0.0.1:{free_port()}",
        "telegram_mode": mode,
        "telegram_webhook_secret": SecretStr("webhook-secret"),
    }
    async with opened_house(settings.model_copy(update=away)) as house:
        assert await status_of(house, "/livez") == 200
        assert "telegram" not in house.link_addresses
        assert "telegram-start" in house.background


@pytest.mark.parametrize(("demo", "status"), [(True, 200), (False, 404)])
async def test_the_sample_shop_page_is_for_the_demo_only(
    settings: Settings, tmp_path: Path, demo: bool, status: int
) -> None:
    async with opened_house(settings.model_copy(update={"var": tmp_path, "demo": demo})) as house:
        assert await status_of(house, "/widget-demo") == status
        assert await status_of(house, "/chat") == 200
