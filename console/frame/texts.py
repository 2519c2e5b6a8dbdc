"""The console's texts: `texts.yml` of each room, every one in every language with the same variables."""

from pathlib import Path
from typing import Any

import yaml
from markupsafe import Markup, escape

from crm_store.errors import CareLoopError
from crm_store.sentences import Sentences
from crm_store.yaml_file import read_yaml

CONSOLE = Path(__file__).parent.parent


class TextUnknown(CareLoopError):
    """A template or a route asks for a text that no texts.yml has. Found by the tests."""

    code = "text_unknown"


class Texts:
    """Texts by ``room.name``. A count `n` chooses ``room.name_one`` where n is 1 and that text exists."""

    def __init__(self, texts: dict[str, dict[str, str]], shop: dict[str, str]) -> None:
        self._known = frozenset(texts)
        self._sentences = Sentences(texts, shop)

    def say(self, language: str, key: str, /, **values: Any) -> str:
        """Plain text; with a `Markup` among the values it is `Markup`, with all the others escaped."""
        name = f"{key}_one" if values.get("n") == 1 and f"{key}_one" in self._known else key
        if name not in self._known:
            raise TextUnknown(f"no texts.yml has {name}")
        if any(isinstance(value, Markup) for value in values.values()):
            safe = {name: escape(value) for name, value in values.items()}
            return Markup(self._sentences.say(name, language, **safe))
        return self._sentences.say(name, language, **values)

    def has(self, key: str) -> bool:
        return key in self._known


class TextsUnreadable(CareLoopError):
    """A texts.yml is no YAML; the message names the file and the line. Put a text with `?`, `:` or `,` in quotes."""

    code = "texts_unreadable"


def _read(file: Path) -> dict[str, dict[str, str]]:
    try:
        texts: dict[str, dict[str, str]] = read_yaml(file) or {}
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise TextsUnreadable(f"{file}, line {line}: {error.problem}; put the text in quotes") from None
    for name, variants in texts.items():
        if not all(isinstance(text, str) for text in variants.values()):
            raise TextsUnreadable(f"{file}: {name} has to be words; put the text in quotes")
    return texts


def read_texts(shop: dict[str, str], folder: Path = CONSOLE) -> Texts:
    """Every `<room>/texts.yml` under `folder`. Raises `SentenceMissing`, `TextsUnreadable`."""
    found: dict[str, dict[str, str]] = {}
    for file in sorted(folder.glob("*/texts.yml")):
        for name, variants in _read(file).items():
            found[f"{file.parent.name}.{name}"] = variants
    return Texts(found, shop)
