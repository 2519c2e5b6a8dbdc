"""The templates: one Jinja environment for each language, escaping always on, a missing value an error."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from console.frame.assets import Assets
from console.frame.compiled import Compiled
from console.frame.texts import Texts
from console.frame.times import date_words, day_words, exact, time_words
from console.frame.visible import visible
from crm_store.model import Languages, Words, in_language

CONSOLE = Path(__file__).parent.parent
_COMPILED = Compiled()
TAGS = {"en": "en", "zh": "zh-Hans"}


class Templates:
    """Templates are named by room and file: ``inbox/list.html`` is `console/inbox/list.html`."""

    def __init__(self, texts: Texts, assets: Assets, zone: ZoneInfo, folder: Path = CONSOLE) -> None:
        self._by_language = {language: Environment(**_rules(folder)) for language in Languages}
        for language, environment in self._by_language.items():
            environment.globals.update(_words(language, texts, assets))
            environment.filters.update(_filters(language, zone))

    def render(self, template: str, language: str, values: Mapping[str, Any]) -> str:
        return self._by_language[language].get_template(template).render(values)


def _rules(folder: Path) -> dict[str, Any]:
    return {
        "loader": FileSystemLoader(folder),
        "bytecode_cache": _COMPILED,
        "autoescape": True,
        "undefined": StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
    }


def _words(language: str, texts: Texts, assets: Assets) -> dict[str, Any]:
    """What every template knows, macros too: `t`, `icon`, `asset` and the lists of our own files."""
    base = f"/assets/console/{assets.version}"

    def t(key: str, **values: Any) -> str:
        return texts.say(language, key, **values)

    @cache
    def icon(name: str) -> Markup:
        use = Markup('<svg class="icon" aria-hidden="true" focusable="false"><use href="{}/frame/icons.svg#{}"/></svg>')
        return use.format(base, name)

    return {
        "t": t,
        "icon": icon,
        "has_text": texts.has,
        "language": language,
        "tag": TAGS[language],
        "assets": base,
    }


def _filters(language: str, zone: ZoneInfo) -> dict[str, Any]:
    """`words` picks a text in the page's language, `code` marks what is to be copied, the others show a moment."""

    def words(value: Words) -> str:
        return in_language(value, language)

    def at(moment: datetime) -> Markup:
        return Markup('<time datetime="{}">{}</time>').format(exact(moment), date_words(moment, zone, language))

    def clock(moment: datetime) -> Markup:
        return Markup('<time datetime="{}">{}</time>').format(exact(moment), time_words(moment, zone))

    def day(moment: datetime) -> str:
        return day_words(moment, zone, language)

    def code(value: str) -> Markup:
        return Markup("<code>{}</code>").format(value)

    return {"code": code, "words": words, "at": at, "clock": clock, "day": day, "exact": exact, "visible": visible}
