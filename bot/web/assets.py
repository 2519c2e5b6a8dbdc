"""The files of the web chat, read once at start: modules, styles, pictures, and the sentences in every language."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from jinja2 import DictLoader, Environment, StrictUndefined

from bot.web.languages import LANGUAGES
from crm_store.errors import CareLoopError
from crm_store.yaml_file import read_yaml

WEB = Path(__file__).parent
MEDIA_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
HOLE = re.compile(r"\{\w+\}")

# {key: {language: sentence}}
Texts = Mapping[str, Mapping[str, str]]


class TextsRefused(CareLoopError):
    """A sentence is missing in a language, or its holes differ between languages. The message names the keys."""

    code = "texts_refused"


@dataclass(frozen=True)
class Asset:
    """One file as it is sent; `digest` names its content."""

    content: bytes
    media_type: str

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()[:32]


@dataclass(frozen=True)
class WebAssets:
    """Everything the pages are made of. `version` changes with any byte of `files`."""

    files: Mapping[str, Asset]
    version: str
    widget: Asset
    texts: Texts
    templates: Environment

    @property
    def modules(self) -> list[str]:
        """The scripts of the chat page, for the browser to fetch at once."""
        return sorted(name for name in self.files if name.endswith(".js"))

    def page(self, template: str, language: str, values: Mapping[str, Any]) -> str:
        """An HTML page in a language; the template sees the sentences as `t` and the files' folder as `assets`."""
        words = {key: sentence[language] for key, sentence in self.texts.items()}
        known = {"t": words, "language": language, "assets": f"/assets/chat/{self.version}"}
        return self.templates.get_template(template).render({**known, **values})


def load_web_assets(shop: Mapping[str, str], folder: Path = WEB) -> WebAssets:
    """Read all files. `shop` is the shop's name in each language. Raises `TextsRefused`."""
    texts = _named(checked_texts(read_yaml(folder / "texts.yml")), shop)
    files = {path.name: _asset(path) for path in sorted((folder / "static").iterdir()) if path.suffix in MEDIA_TYPES}
    files["texts.js"] = Asset(f"export const texts = {_json(texts)};\n".encode(), MEDIA_TYPES[".js"])
    pages = {path.name: path.read_text("utf-8") for path in folder.glob("*.html")}
    templates = Environment(loader=DictLoader(pages), autoescape=True, undefined=StrictUndefined)
    return WebAssets(files, _version(files), _widget(folder, texts), texts, templates)


def checked_texts(texts: Texts) -> Texts:
    """The same texts, if every sentence exists in every language with the same holes. Raises `TextsRefused`."""
    wrong = [key for key, sentences in texts.items() if not _is_complete(sentences)]
    if wrong:
        raise TextsRefused(f"not the same in {', '.join(LANGUAGES)}: {', '.join(wrong)}")
    return texts


def _is_complete(sentences: Mapping[str, str]) -> bool:
    if set(sentences) != set(LANGUAGES) or not all(sentences.values()):
        return False
    return len({frozenset(HOLE.findall(sentence)) for sentence in sentences.values()}) == 1


def _named(texts: Texts, shop: Mapping[str, str]) -> Texts:
    return {
        key: {language: sentence.replace("{shop}", shop[language]) for language, sentence in sentences.items()}
        for key, sentences in texts.items()
    }


def _asset(path: Path) -> Asset:
    return Asset(path.read_bytes(), MEDIA_TYPES[path.suffix])


def _widget(folder: Path, texts: Texts) -> Asset:
    spoken = {
        language: {key: sentences[language] for key, sentences in texts.items() if key.startswith("widget_")}
        for language in LANGUAGES
    }
    script = (folder / "widget.js").read_text("utf-8").replace('"@texts@"', _json(spoken))
    return Asset(script.encode(), MEDIA_TYPES[".js"])


def _version(files: Mapping[str, Asset]) -> str:
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{name} {files[name].digest}\n".encode())
    return digest.hexdigest()[:16]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
