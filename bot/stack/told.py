"""What a child is told: the settings as they were resolved, with every secret filled in."""

import json
import os
import secrets
from pathlib import Path

from pydantic import SecretStr

from bot.settings import PREFIX, Settings

NAMES = ("secret", "rasa_token", "actions_token")


def with_values(settings: Settings, **values: object) -> Settings:
    return settings.model_copy(update=values)


def with_secrets(settings: Settings, path: Path) -> Settings:
    """Every secret filled in: the one given, else the one kept in `path`, made when missing."""
    missing = [name for name in NAMES if not getattr(settings, name).get_secret_value()]
    if not missing:
        return settings
    kept = _kept(path)
    return with_values(settings, **{name: SecretStr(kept[name]) for name in missing})


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


def app_environment(settings: Settings) -> dict[str, str]:
    told = {f"{PREFIX}{name.upper()}": _written(value) for name, value in settings}
    return dict(os.environ) | told | {"PYTHONUNBUFFERED": "1"}


def _written(value: object) -> str:
    """Empty means not set."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case SecretStr():
            return value.get_secret_value()
        case Path():
            return str(value.resolve())
        case _:
            return str(value)
