"""The preference page as HTML: no script at all, kept by nobody, and its address told to nobody."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import DictLoader, Environment, StrictUndefined

from bot.web.assets import WebAssets, checked_texts
from bot.web.languages import preferred_language
from bot.web.pages import TAGS
from bot.web.preferences.desk import Confirmed, PreferenceDesk
from bot.web.preferences.fields import CHAT_RULES, OCCASIONS, fields_of
from bot.web.preferences.seal import sealed
from bot.web.preferences.wording import Wording, version_of
from crm_store.model import Languages
from crm_store.wishes.sheet import Sheet
from crm_store.yaml_file import read_yaml

FOLDER = Path(__file__).parent
POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
NOTES = frozenset(
    {
        "saved", "unchanged", "stopped", "stale", "mail_sent", "mail_waiting", "mail_none",
        "check_hours", "check_days", "check_count", "check_until", "check_form",
    }
)  # fmt: skip
"""What an address may make the page tell; anything else in it is not shown."""


def here(token: str) -> str:
    """Where the page of a token is."""
    return f"/preferences/{token}"


class PreferencePages:
    """Renders; `shop` is the shop's name in each language, `assets` has the styles."""

    def __init__(self, desk: PreferenceDesk, assets: WebAssets, shop: Mapping[str, str]) -> None:
        self._desk = desk
        texts = checked_texts(read_yaml(FOLDER / "texts.yml"))
        self._version = version_of(texts)
        self._texts = {
            language: {key: told[language].replace("{shop}", shop[language]) for key, told in texts.items()}
            for language in Languages
        }
        pages = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.html")}
        self._templates = Environment(loader=DictLoader(pages), autoescape=True, undefined=StrictUndefined)
        self._assets = f"/assets/chat/{assets.version}"

    @property
    def quiet(self) -> dict[str, str]:
        """Headers of every answer: the address is a key, so it is neither kept nor passed on."""
        return {
            "Content-Security-Policy": POLICY,
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "X-Robots-Tag": "noindex, nofollow",
            "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
        }

    def spoken(self, request: Request, asked: str, sheet: Sheet | None = None) -> str:
        """The language asked for, else the shopper's own, else the browser's."""
        own = sheet.language if sheet is not None else ""
        return preferred_language(asked or own, request.headers.get("accept-language", ""))

    def wording(self, language: str) -> Wording:
        return Wording(self._texts[language], language, self._version)

    def sheet(self, sheet: Sheet, token: str, language: str, told: list[str]) -> HTMLResponse:
        """Everything as it stands; `told` names what has just happened."""
        shown = fields_of(sheet, self._desk.now().date())
        wording = self.wording(language)
        rules = {kind: wording.chat_rule(kind, sheet.rules[kind]) for kind in CHAT_RULES if sheet.rules.get(kind)}
        values = {
            "here": here(token),
            "fields": shown,
            "seal": sealed(self._desk.secret, token, shown.as_json(), self._desk.now()),
            "channels": sheet.channels,
            "occasions": OCCASIONS,
            "chat_rules": rules,
            "names": {each: self._texts[each]["language_name"] for each in Languages},
            "notes": list(dict.fromkeys(note for note in told if note in NOTES)),
        }
        return self._page("page.html", language, values, 200)

    def second_yes(self, found: Confirmed | None, token: str, language: str) -> HTMLResponse:
        """Ask for it, thank for it, or say that the link does not work."""
        if found is None:
            return self.word("lost", language, 404)
        if found.done:
            return self._word("confirmed", language, {"onward": here(found.page)}, 200)
        action = f"/preferences/confirm/{token}?language={language}"
        return self._word("confirm", language, {"question": found.question, "action": action}, 200)

    def word(self, name: str, language: str, status: int = 200) -> HTMLResponse:
        """A page that says one thing, and nothing about anybody."""
        return self._word(name, language, {"onward": "/chat" if name == "lost" else ""}, status)

    def _word(self, name: str, language: str, more: dict[str, str], status: int) -> HTMLResponse:
        values = {"name": name, "here": "", "question": "", "action": "", "onward": ""} | more
        return self._page("word.html", language, values, status)

    def _page(self, template: str, language: str, values: Mapping[str, Any], status: int) -> HTMLResponse:
        known = {"t": self._texts[language], "language": language, "tag": TAGS[language], "assets": self._assets}
        body = self._templates.get_template(template).render({**known, **values})
        return HTMLResponse(body, status, self.quiet)
