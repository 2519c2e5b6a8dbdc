"""Secrets that nobody gave us: made once, kept where only the owner reads them."""

import json
import os
import secrets
from pathlib import Path

from pydantic import SecretStr

from bot.settings import Settings

NAMES = ("secret", "rasa_token", "actions_token")


def with_secrets(settings: Settings, path: Path) -> Settings:
    """The settings with every secret filled in: the one given, else the one kept in `path`, made when missing."""
    missing = [name for name in NAMES if not getattr(settings, name).get_secret_value()]
    if not missing:
        return settings
    kept = _kept(path)
    return settings.model_copy(update={name: SecretStr(kept[name]) for name in missing})


def _kept(path: Path) -> dict[str, str]:
    known: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    if all(name in known for name in NAMES):
        return known
    known = {name: secrets.token_urlsafe(32) for name in NAMES} | known
    fresh = path.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(known, file, indent=2)
    fresh.replace(path)
    return known
