"""The pages of the web chat as a browser is sent them: policy, caching, language, and texts in both languages."""

from collections.abc import Iterator

import pytest
import yaml
from fastapi import FastAPI
from fastapi.testclient import TestClient

from bot.web.assets import WEB, TextsRefused, WebAssets, checked_texts, load_web_assets
from bot.web.languages import preferred_language
from bot.web.pages import EmbedOriginRefused, pages_router, sample_router

SHOP = {"en": "Willowmere", "zh": "薇洛百货"}


@pytest.fixture(scope="module")
def assets() -> WebAssets:
    return load_web_assets(SHOP)


@pytest.fixture(scope="module")
def browser(assets: WebAssets) -> Iterator[TestClient]:
    app = FastAPI()
    app.include_router(pages_router(assets, ["https://shop.example", "http://localhost:3000"]))
    app.include_router(sample_router(assets, "https://care.example"))
    with TestClient(app) as client:
        yield client


def policy(browser: TestClient, path: str) -> dict[str, str]:
    header = browser.get(path).headers["content-security-policy"]
    return {name: value for name, _, value in (part.partition(" ") for part in header.split("; "))}


@pytest.mark.parametrize("path", ["/chat", "/chat?embed=1", "/widget-demo"])
def test_every_page_allows_its_own_files_only(browser: TestClient, path: str) -> None:
    rules = policy(browser, path)
    assert rules["default-src"] == "'none'"
    assert {rules[name] for name in ("script-src", "style-src", "connect-src")} == {"'self'"}
    # The chat shows what the shopper sent from the page's own memory.
    assert rules["img-src"] == ("'self'" if path == "/widget-demo" else "'self' blob:")
    assert rules["require-trusted-types-for"] == "'script'"
    assert "unsafe" not in str(rules)


def test_only_the_named_shops_may_frame_the_chat_and_only_its_embedded_form(browser: TestClient) -> None:
    assert policy(browser, "/chat")["frame-ancestors"] == "'self'"
    assert policy(browser, "/chat?embed=1")["frame-ancestors"] == "'self' https://shop.example http://localhost:3000"
    assert policy(browser, "/widget-demo")["frame-ancestors"] == "'none'"


@pytest.mark.parametrize(
    "origin",
    ["https://*.shop.example", "shop.example", "https://shop.example/", "https://a b", "https://a;b", "null", ""],
)
def test_an_origin_that_is_not_exact_is_refused_at_start(assets: WebAssets, origin: str) -> None:
    with pytest.raises(EmbedOriginRefused):
        pages_router(assets, [origin])


def test_files_are_kept_for_a_year_under_the_name_of_their_version(browser: TestClient, assets: WebAssets) -> None:
    address = f"/assets/chat/{assets.version}/chat.js"
    answer = browser.get(address)
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert browser.get(address, headers={"if-none-match": answer.headers["etag"]}).status_code == 304
    assert address in browser.get("/chat").text


def test_a_page_of_another_version_still_finds_its_files_but_may_not_keep_them(browser: TestClient) -> None:
    assert browser.get("/assets/chat/0000/chat.js").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("name", ["nothing.js", "../texts.yml", "..%2Ftexts.yml", "chat.html"])
def test_nothing_but_the_files_is_served(browser: TestClient, assets: WebAssets, name: str) -> None:
    assert browser.get(f"/assets/chat/{assets.version}/{name}").status_code == 404


def test_the_widget_may_be_loaded_from_any_page_and_is_asked_for_again_soon(browser: TestClient) -> None:
    answer = browser.get("/widget.js")
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert "@texts@" not in answer.text
    assert "Chat with the Willowmere care desk" in answer.text


@pytest.mark.parametrize(
    ("asked", "accepted", "spoken"),
    [
        ("", "", "en"),
        ("zh-TW", "en", "zh"),
        ("fr", "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("", "fr,en;q=0.3,zh;q=0.7", "zh"),
        ("", "zh;q=0,en;q=0.1", "en"),
        ("", "zh;q=rubbish,*", "en"),
        ('"><script>', "", "en"),
    ],
)
def test_the_page_speaks_what_was_asked_for_or_what_the_browser_prefers(asked: str, accepted: str, spoken: str) -> None:
    assert preferred_language(asked, accepted) == spoken


def test_the_page_is_in_its_language_before_any_script_runs(browser: TestClient) -> None:
    html = browser.get("/chat", headers={"accept-language": "zh-CN"}).text
    assert '<html lang="zh-Hans"' in html
    assert "您好，有什么可以帮您？" in html
    assert "薇洛百货" in html


@pytest.mark.parametrize("sentence", [{"en": "Hello"}, {"en": "Hello", "zh": ""}, {"en": "Hello {name}", "zh": "您好"}])
def test_a_sentence_that_is_not_whole_in_every_language_stops_the_start(sentence: dict[str, str]) -> None:
    with pytest.raises(TextsRefused, match="greeting"):
        checked_texts({"greeting": sentence})


def test_every_sentence_is_used_and_every_used_one_exists(assets: WebAssets) -> None:
    sources = "".join(
        path.read_text("utf-8") for path in [*WEB.glob("*.html"), WEB / "widget.js", *WEB.glob("static/*.js")]
    )
    texts = yaml.safe_load((WEB / "texts.yml").read_text("utf-8"))
    built = {"demo_bowl", "demo_cloth", "demo_lamp", "aside_first_title", "aside_second_title", "aside_third_title"}
    assert [key for key in texts if key not in built and f'"{key}"' not in sources and f"t.{key} " not in sources] == []
