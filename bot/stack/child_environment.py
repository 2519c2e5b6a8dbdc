"""Settings as the environment of a child: it is told what was resolved, not what was typed."""

import os
from pathlib import Path

from pydantic import SecretStr

from bot.settings import PREFIX, Settings


def with_values(settings: Settings, **values: object) -> Settings:
    return settings.model_copy(update=values)


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
