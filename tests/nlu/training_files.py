"""The files Rasa is trained from, read as they stand."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

NLU = Path(__file__).parents[2] / "nlu"
LANGUAGES = ("en", "zh")


def examples(language: str) -> dict[str, list[str]]:
    """Lines per intent; an intent that stands twice has the lines of both places."""
    found: dict[str, list[str]] = {}
    for path in files(language):
        for intent, line in _lines(path):
            found.setdefault(intent, []).append(line)
    return found


def intents(path: Path) -> set[str]:
    return {intent for intent, _ in _lines(path)}


def files(language: str) -> list[Path]:
    return sorted((NLU / language).glob("*.yml"))


def domain() -> dict[str, Any]:
    """All files of nlu/domain together; empty sections where there are none."""
    whole: dict[str, Any] = {"intents": [], "slots": {}, "responses": {}}
    for path in sorted((NLU / "domain").glob("*.yml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        whole["intents"] += content.get("intents") or []
        for section in ("slots", "responses"):
            whole[section].update(content.get(section) or {})
    return whole


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
        for line in block["examples"].splitlines():
            yield block["intent"], line.strip().removeprefix("-").strip()
